import type { Work, WorkStatus } from "@/lib/client/types";

export function isFinished(status: WorkStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** How far along, 0 to 1; null while nobody can tell. */
export function progressShare(work: Work): number | null {
  if (work.progress_total === null || work.progress_total <= 0) return null;
  return Math.min(1, work.progress_done / work.progress_total);
}
