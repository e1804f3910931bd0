export { datasetQuery, datasetsQuery } from "./api/queries";
export { DatasetStatus } from "./components/dataset-status";
export { DatasetTable } from "./components/dataset-table";
export { DeleteDataset } from "./components/delete-dataset";
export { FirstSteps } from "./components/first-steps";
export { IngestPanel } from "./components/ingest-panel";
export { NewDataset } from "./components/new-dataset";
export { RejectionsPanel } from "./components/rejections-panel";
export { VerifiedImages } from "./components/verified-images";
