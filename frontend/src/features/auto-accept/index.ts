export { AutoAcceptPanel } from "./components/auto-accept-panel";
