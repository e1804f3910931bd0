export { ComparisonPanel } from "./components/comparison-panel";
export { NameVersion } from "./components/name-version";
export { VersionList } from "./components/version-list";
