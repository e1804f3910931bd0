export { ActivityFilters } from "./components/activity-filters";
export { ActivityTable } from "./components/activity-table";
export { CommentsPanel } from "./components/comments-panel";
