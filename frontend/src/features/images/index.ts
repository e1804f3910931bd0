export { sampleQuery } from "./api/queries";
export { ImageList } from "./components/image-list";
export { ImageView } from "./components/image-view";
