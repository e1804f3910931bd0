export { SessionsPanel } from "./components/sessions-panel";
export { TokensPanel } from "./components/tokens-panel";
