import { useState } from "react";

import { RankingLink } from "@/components/charts/ranking-link";
import { countBelow, ScoreHistogram, ThresholdSlider } from "@/components/charts/score-histogram";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { JobSummary } from "@/lib/client/types";
import { formatCount, formatPlural, formatScore } from "@/lib/format";

const START = 0.5;

interface Props {
  jobId: string;
  summary: JobSummary;
}

/** Histogram of label scores with a threshold; bars and threshold link to their images. */
export function ScorePanel({ jobId, summary }: Props) {
  const [threshold, setThreshold] = useState(START);
  const { histogram, num_issues } = summary;

  return (
    <Panel
      title="Label scores"
      aside={
        <span className="flex items-center gap-1.5 text-sm text-muted">
          <span aria-hidden="true" className="size-2.5 bg-bad" />
          {formatPlural(num_issues, "label")} flagged as wrong
        </span>
      }
    >
      <ScoreHistogram
        histogram={histogram}
        height={150}
        threshold={threshold}
        wrapBar={({ low, high }, name, bar) => (
          <RankingLink jobId={jobId} search={{ score_min: low, score_max: high }} aria-label={name}>
            {bar}
          </RankingLink>
        )}
      />
      <ThresholdSlider value={threshold} onChange={setThreshold} />
      <div className="flex justify-between text-xs text-muted">
        <span>0 · probably wrong</span>
        <span>probably right · 1</span>
      </div>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
        <span className="text-sm">
          About {formatCount(countBelow(histogram, threshold))} images score{" "}
          {formatScore(threshold)} or less
        </span>
        <RankingLink
          jobId={jobId}
          search={{ score_max: threshold, reviewed: false }}
          className={buttonClass()}
        >
          Review these
        </RankingLink>
      </div>
    </Panel>
  );
}
