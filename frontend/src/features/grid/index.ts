export { DuplicatesView } from "./components/duplicates-view";
export { GridView, IssuesView } from "./components/grid-view";
export { SelectionView } from "./components/selection-view";
