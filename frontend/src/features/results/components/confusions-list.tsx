import { RankingLink } from "@/components/charts/ranking-link";
import { LINK } from "@/components/ui/table";
import type { JobSummary } from "@/lib/client/types";
import { formatCount } from "@/lib/format";

import { mostConfused } from "../api/confusion";

const SHOWN = 10;

interface Props {
  jobId: string;
  summary: JobSummary;
}

/** The most frequent pairs of given label and different suggestion. */
export function ConfusionsList({ jobId, summary }: Props) {
  const cells = mostConfused(summary, SHOWN);
  if (cells.length === 0) {
    return <p className="text-muted">All suggestions match the given labels.</p>;
  }
  return (
    <ol className="divide-y divide-line text-sm">
      {cells.map(({ given, suggested, count }) => (
        <li key={`${given}\u0000${suggested}`} className="flex justify-between gap-3 py-1">
          <RankingLink jobId={jobId} search={{ given, suggested }} className={LINK}>
            {given} → {suggested}
          </RankingLink>
          <span>{formatCount(count)}</span>
        </li>
      ))}
    </ol>
  );
}
