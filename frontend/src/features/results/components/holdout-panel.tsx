import { AccuracyBars } from "@/components/charts/accuracy-bars";
import { IntervalBar } from "@/components/charts/interval-bar";
import { RankingLink } from "@/components/charts/ranking-link";
import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/panel";
import { LINK } from "@/components/ui/table";
import type { JobSummary } from "@/lib/client/types";
import { formatPercent, formatPlural } from "@/lib/format";

interface Props {
  jobId: string;
  summary: JobSummary;
}

/** Share of wrong labels at the top of the ranking; each row links to its images. */
function TopShares({ jobId, summary: { top = [] } }: Props) {
  if (top.length === 0) return null;
  return (
    <>
      <h3 className="mt-4 mb-2 font-semibold">Wrong labels at the top of the ranking</h3>
      <dl className="space-y-3">
        {top.map(({ share, k, errors }) => (
          <IntervalBar
            key={share}
            interval={errors}
            color="var(--bad)"
            label={
              <RankingLink jobId={jobId} search={{ rank_max: k }} className={LINK}>
                Top {formatPercent(share, 0)}, {formatPlural(k, "image")}
              </RankingLink>
            }
          />
        ))}
      </dl>
    </>
  );
}

/** Accuracy of labels, suggestions and corrected labels on the hold-out. */
export function HoldoutPanel({ jobId, summary }: Props) {
  const { holdout, auto_accept, auto_accept_reason, fallback_reason, start_note } = summary;
  return (
    <Panel
      title="Accuracy on the hold-out"
      aside={
        <Badge look={auto_accept ? "good" : "warn"}>
          {auto_accept ? "Hold-out test passed" : "Hold-out test failed"}
        </Badge>
      }
    >
      <AccuracyBars accuracies={holdout} />
      <TopShares jobId={jobId} summary={summary} />
      <p className="mt-4 text-sm text-muted">{auto_accept_reason}</p>
      {fallback_reason != null && <p className="mt-2 text-sm text-muted">{fallback_reason}</p>}
      {start_note != null && <p className="mt-2 text-sm text-muted">{start_note}</p>}
    </Panel>
  );
}
