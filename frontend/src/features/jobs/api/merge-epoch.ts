import type { EpochReport } from "@/lib/client/types";

/** Adds a report, sorted by epoch; it replaces an earlier report of the same epoch. */
export function mergeEpoch(reports: readonly EpochReport[], report: EpochReport): EpochReport[] {
  const others = reports.filter(({ epoch }) => epoch !== report.epoch);
  return [...others, report].sort((a, b) => a.epoch - b.epoch);
}
