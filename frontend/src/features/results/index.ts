export { ErrorRatesPanel } from "./components/error-rates-panel";
export { SummaryView } from "./components/summary-view";
