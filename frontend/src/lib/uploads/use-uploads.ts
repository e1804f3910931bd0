import { useSyncExternalStore } from "react";

import { tusTransport } from "./transport";
import type { UploadItem } from "./upload-item";
import { UploadList } from "./upload-list";

/** The uploads of this tab. They outlive the pages that begin them. */
export const uploads = new UploadList(tusTransport);

export function useUploads(list: UploadList = uploads): readonly UploadItem[] {
  return useSyncExternalStore(list.subscribe, list.snapshot);
}
