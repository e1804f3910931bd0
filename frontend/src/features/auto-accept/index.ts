export { autoAcceptQuery } from "./api/queries";
export { AutoAcceptPanel } from "./components/auto-accept-panel";
