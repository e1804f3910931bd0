import type { Work, WorkStatus } from "@/lib/client/types";

export function isFinished(status: WorkStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** Share of the work that is done, 0 to 1; null while unknown. */
export function progressShare(work: Work): number | null {
  if (work.progress_total === null || work.progress_total <= 0) return null;
  return Math.min(1, work.progress_done / work.progress_total);
}

/** Seconds until the present step is done; null where its rate is not measured. */
export function secondsLeft(work: Work): number | null {
  if (work.progress_total === null || !work.progress_rate) return null;
  return Math.max(0, work.progress_total - work.progress_done) / work.progress_rate;
}
