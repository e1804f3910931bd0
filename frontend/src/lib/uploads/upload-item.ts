/** One upload as it is shown. */
import { isTemporary, type Problem } from "@/lib/problem";

import type { Chosen } from "./chosen-files";
import type { UploadTarget } from "./transport";

/** `waiting`: for the connection; `fileless`: for the file to be chosen again; `finishing`: all bytes are sent. */
export type UploadStatus =
  "starting" | "sending" | "waiting" | "paused" | "fileless" | "finishing" | "complete" | "failed";

export interface UploadItem {
  key: string;
  target: UploadTarget;
  fileName: string;
  source: Chosen["source"];
  size: number;
  sent: number;
  /** Bytes per second; null while unknown. */
  rate: number | null;
  status: UploadStatus;
  problem: Problem | null;
  /** The dataset it has filled, once complete. */
  datasetId: string | null;
}

/** Whether closing the tab would interrupt it. */
export function isUnderWay({ status }: UploadItem): boolean {
  return ["starting", "sending", "waiting", "finishing"].includes(status);
}

/** Whether the same request may succeed later: after a sign-in, or when the service answers again. */
export function canTryAgain(problem: Problem): boolean {
  return isTemporary(problem) || problem.status === 401;
}
