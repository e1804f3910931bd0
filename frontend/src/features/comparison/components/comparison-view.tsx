import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { IntervalBar } from "@/components/charts/interval-bar";
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
        <Stat label="Judged on">{formatCount(figures.verified)}</Stat>
      </dl>
      <dl className="space-y-3">
        <IntervalBar label="Given labels" interval={figures.given_accuracy} color="var(--muted)" />
        <IntervalBar
          label="Suggestions"
          interval={figures.suggestion_accuracy}
          color="var(--accent)"
        />
        <IntervalBar
          label="Corrected labels"
          interval={figures.corrected_accuracy}
          color="var(--good)"
        />
      </dl>
    </Panel>
  );
}

function Changes({ comparison }: { comparison: Comparison }) {
  const { rank_correlation, top } = comparison;
  return (
    <div className="space-y-4">
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <Stat label="Flagged by both">{formatCount(comparison.flagged_by_both)}</Stat>
        <Stat label="Only by the first">{formatCount(comparison.flagged_by_a_only)}</Stat>
        <Stat label="Only by the second">{formatCount(comparison.flagged_by_b_only)}</Stat>
        <Stat label="Suggestions changed">{formatCount(comparison.suggestions_changed)}</Stat>
        <Stat label="Rank correlation">
          {rank_correlation === null ? "–" : rank_correlation.toFixed(2)}
        </Stat>
      </dl>
      <table className={cx(TABLE, "max-w-md")}>
        <thead>
          <tr>
            <th className={TH}>Most suspicious of each</th>
            <th className={cx(TH, NUMBER)}>The same</th>
            <th className={cx(TH, NUMBER)}>Share</th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ k, shared }) => (
            <tr key={k}>
              <td className={TD}>First {formatCount(k)}</td>
              <td className={cx(TD, NUMBER)}>{formatCount(shared)}</td>
              <td className={cx(TD, NUMBER)}>{formatPercent(shared / k, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Two jobs side by side: their figures, where they agree, and what the second finds that the first did not. */
export function ComparisonView({ jobId, otherId }: Props) {
  const { data: comparison, error, refetch } = useQuery(comparisonQuery(jobId, otherId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (comparison === undefined) return <Loading lines={6} label="Loading the comparison" />;
  return (
    <div className="space-y-5">
      <div className="grid items-start gap-5 md:grid-cols-2">
        <Job title="First job" figures={comparison.a} />
        <Job title="Second job" figures={comparison.b} />
      </div>
      <Panel title={`What changed, over ${formatPlural(comparison.samples, "image")}`}>
        <Changes comparison={comparison} />
      </Panel>
      <Panel title="Newly suspicious to the second job">
        {comparison.newly_suspicious.length === 0 ? (
          <p className="text-muted">Nothing that the second job flags has climbed.</p>
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
