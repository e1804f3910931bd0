export { ActivityFilters } from "./components/activity-filters";
export { ActivityTable } from "./components/activity-table";
export { CommentsPanel, SampleCommentsPanel } from "./components/comments-panel";
