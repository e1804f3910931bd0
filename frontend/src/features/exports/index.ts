export { ExportPanel, VersionExports } from "./components/export-panel";
