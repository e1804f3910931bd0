export { ChangesPanel } from "./components/changes-panel";
export { ClassesPanel } from "./components/classes-panel";
export { ProposalsPanel } from "./components/proposals-panel";
export { RemovedImagesPanel } from "./components/removed-images-panel";
