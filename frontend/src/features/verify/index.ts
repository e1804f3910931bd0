export { verifiedSetQuery } from "./api/queries";
export { VerifiedSetPanel } from "./components/verified-set-panel";
export { VerifyView } from "./components/verify-view";
