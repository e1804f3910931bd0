export { PasswordPanel } from "./components/password-panel";
export { SessionsPanel } from "./components/sessions-panel";
export { TokensPanel } from "./components/tokens-panel";
export { UsersPanel } from "./components/users-panel";
