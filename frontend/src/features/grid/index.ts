export { GridView } from "./components/grid-view";
