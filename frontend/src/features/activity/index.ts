export { ActivityFilters } from "./components/activity-filters";
export { TakeBackMany } from "./components/take-back-many";
export { ActivityTable } from "./components/activity-table";
export { CommentsPanel, SampleCommentsPanel } from "./components/comments-panel";
