export { UploadTray } from "./components/upload-tray";
