export { ReviewStation } from "./components/review-station";
