export { SummaryView } from "./components/summary-view";
