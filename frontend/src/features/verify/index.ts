export { verifiedSetQuery } from "./api/queries";
export { VerifiedSetPanel } from "./components/verified-set-panel";
export { VerifyStation } from "./components/verify-station";
