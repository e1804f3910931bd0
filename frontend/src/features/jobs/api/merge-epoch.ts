import type { EpochReport } from "@/lib/client/types";

/** The reports with one more, in the order of epochs; a report that came twice counts once, the later one. */
export function mergeEpoch(reports: readonly EpochReport[], report: EpochReport): EpochReport[] {
  const others = reports.filter(({ epoch }) => epoch !== report.epoch);
  return [...others, report].sort((a, b) => a.epoch - b.epoch);
}
