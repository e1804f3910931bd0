export { BucketForm } from "./components/bucket-form";
export { FolderForm } from "./components/folder-form";
export { SourcePanel } from "./components/source-panel";
