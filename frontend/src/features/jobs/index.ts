export { JobSettings } from "./components/job-settings";
export { epochsQuery, jobQuery, jobsQuery } from "./api/queries";
export { useJobEvents } from "./api/use-job-events";
export { JobProgressPanel } from "./components/job-progress-panel";
export { jobTitle } from "./components/job-title";
export { JobsPanel } from "./components/jobs-panel";
export { LaunchPanel } from "./components/launch-panel";
export { RerunButton } from "./components/rerun-button";
export { TrainingCurves } from "./components/training-curves";
