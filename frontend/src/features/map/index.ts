export { MapView } from "./components/map-view";
