import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { AccuracyBars } from "@/components/charts/accuracy-bars";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { SampleStrip } from "@/components/ui/sample-strip";
import { Stat } from "@/components/ui/stat";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { Comparison, JobFigures } from "@/lib/client/types";
import { formatCount, formatPercent, formatPlural } from "@/lib/format";
import { METHOD_NAMES } from "@/lib/methods";

import { comparisonQuery } from "../api/queries";

interface Props {
  jobId: string;
  otherId: string;
}

function Job({ title, figures }: { title: string; figures: JobFigures }) {
  return (
    <Panel
      title={title}
      aside={
        <Link to="/jobs/$jobId" params={{ jobId: figures.id }} className={LINK}>
          {figures.name === "" ? METHOD_NAMES[figures.method] : figures.name}
        </Link>
      }
    >
      <dl className="mb-4 flex flex-wrap gap-x-8 gap-y-3">
        <Stat label="Method">{METHOD_NAMES[figures.method]}</Stat>
        <Stat label="Labels flagged">{formatCount(figures.num_issues)}</Stat>
        <Stat label="Evaluated on">{formatCount(figures.verified)}</Stat>
      </dl>
      <AccuracyBars accuracies={figures} />
    </Panel>
  );
}

function Changes({ comparison }: { comparison: Comparison }) {
  const { rank_correlation, top } = comparison;
  return (
    <div className="space-y-4">
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <Stat label="Flagged by both">{formatCount(comparison.flagged_by_both)}</Stat>
        <Stat label="Flagged by the first only">{formatCount(comparison.flagged_by_a_only)}</Stat>
        <Stat label="Flagged by the second only">{formatCount(comparison.flagged_by_b_only)}</Stat>
        <Stat label="Suggestions changed">{formatCount(comparison.suggestions_changed)}</Stat>
        <Stat label="Rank correlation">
          {rank_correlation === null ? "–" : rank_correlation.toFixed(2)}
        </Stat>
      </dl>
      <table className={cx(TABLE, "max-w-md")}>
        <thead>
          <tr>
            <th className={TH}>Most suspicious</th>
            <th className={cx(TH, NUMBER)}>In both</th>
            <th className={cx(TH, NUMBER)}>Share</th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ k, shared }) => (
            <tr key={k}>
              <td className={TD}>Top {formatCount(k)}</td>
              <td className={cx(TD, NUMBER)}>{formatCount(shared)}</td>
              <td className={cx(TD, NUMBER)}>{formatPercent(shared / k, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Two jobs side by side: figures, agreement, and samples that only the second job finds suspicious. */
export function ComparisonView({ jobId, otherId }: Props) {
  const { data: comparison, error, refetch } = useQuery(comparisonQuery(jobId, otherId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (comparison === undefined) return <Loading lines={6} label="Loading comparison" />;
  return (
    <div className="space-y-5">
      <div className="grid items-start gap-5 md:grid-cols-2">
        <Job title="First job" figures={comparison.a} />
        <Job title="Second job" figures={comparison.b} />
      </div>
      <Panel title={`Differences over ${formatPlural(comparison.samples, "image")}`}>
        <Changes comparison={comparison} />
      </Panel>
      <Panel title="Newly suspicious in the second job">
        {comparison.newly_suspicious.length === 0 ? (
          <p className="text-muted">No sample flagged by the second job moved up.</p>
        ) : (
          <SampleStrip
            label="Newly suspicious images"
            results={comparison.newly_suspicious}
            note={({ rank }) => `now rank ${formatCount(rank)}`}
          />
        )}
      </Panel>
    </div>
  );
}
