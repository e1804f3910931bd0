export { ComparisonView } from "./components/comparison-view";
