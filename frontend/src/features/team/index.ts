export { AgreementPanel } from "./components/agreement-panel";
export { MembersPanel } from "./components/members-panel";
export { QueuesPanel } from "./components/queues-panel";
export { ReviewersPanel } from "./components/reviewers-panel";
export { SettingsPanel } from "./components/settings-panel";
export { SharesPanel } from "./components/shares-panel";
