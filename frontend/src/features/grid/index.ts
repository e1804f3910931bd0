export { GridStation } from "./components/grid-station";
