import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";

import { type Line, LineChart } from "@/components/charts/line-chart";
import { Badge, type BadgeLook } from "@/components/ui/badge";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { Stat } from "@/components/ui/stat";
import type { ReviewProgress } from "@/lib/client/types";
import { formatCount, formatPercent } from "@/lib/format";

import { toCurve } from "../api/curve";
import { progressQuery } from "../api/queries";

const ADVICE: Readonly<Record<ReviewProgress["advice"], { look: BadgeLook; text: string }>> = {
  review: { look: "accent", text: "Keep reviewing" },
  rerun: { look: "warn", text: "Re-run advised" },
  stop: { look: "good", text: "Stop advised" },
};

const WHOLE = [0, 100] as const;

function perHundred(value: number): string {
  return value.toFixed(0);
}

function YieldCurve({ progress }: { progress: ReviewProgress }) {
  const { reviewed, found, expected } = useMemo(() => toCurve(progress), [progress]);
  const lines: Line[] = useMemo(
    () => [
      { label: "expected", color: "var(--muted)", values: expected, format: perHundred },
      // Drawn last, so that it stays visible where the lines overlap.
      { label: "found", color: "var(--bad)", values: found, format: perHundred },
    ],
    [found, expected],
  );
  if (reviewed.length === 0) {
    return <p className="text-muted">The curve starts with the first decisions on this ranking.</p>;
  }
  const latest = `Latest: ${perHundred(found.at(-1) ?? 0)} found, ${perHundred(expected.at(-1) ?? 0)} expected.`;
  return (
    <figure>
      <figcaption className="mb-1 flex flex-wrap gap-x-4 text-xs text-muted">
        <span>Errors per 100 reviews</span>
        {lines.map(({ label, color }) => (
          <span key={label} className="flex items-center gap-1.5">
            <span aria-hidden="true" className="h-0.5 w-4" style={{ background: color }} />
            {label}
          </span>
        ))}
        <span className="ml-auto">{latest}</span>
      </figcaption>
      <LineChart
        label={`Errors per 100 reviews. ${latest}`}
        x={reviewed}
        xMax={reviewed.at(-1) ?? 1}
        yRange={WHOLE}
        lines={lines}
      />
    </figure>
  );
}

function Figures({ progress }: { progress: ReviewProgress }) {
  const { reviewed, errors_found, new_verified } = progress;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3">
      <Stat label="Reviewed">{formatCount(reviewed)}</Stat>
      <Stat label="Errors found">{formatCount(errors_found)}</Stat>
      <Stat label="Expected in next 100">{formatCount(progress.expected_next_hundred)}</Stat>
      <Stat label="Expected errors left">{formatCount(progress.expected_remaining_errors)}</Stat>
      <Stat label="Expected label accuracy">
        {progress.expected_label_accuracy === null
          ? "–"
          : formatPercent(progress.expected_label_accuracy)}
      </Stat>
      <Stat label="Verified since this job">{formatCount(new_verified)}</Stat>
    </dl>
  );
}

interface Props {
  jobId: string;
  /** Button for the advice to re-run. */
  action: ReactNode;
}

/** Errors found and left, with advice: keep reviewing, re-run or stop. */
export function ProgressPanel({ jobId, action }: Props) {
  const { data: progress, error, refetch } = useQuery(progressQuery(jobId));
  return (
    <Panel
      title="Review progress"
      aside={
        progress !== undefined && (
          <Badge look={ADVICE[progress.advice].look}>{ADVICE[progress.advice].text}</Badge>
        )
      }
    >
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {progress === undefined && error === null && <Loading />}
      {progress !== undefined && (
        <div className="space-y-4">
          <Figures progress={progress} />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-0">{progress.advice_reason}</p>
            {action}
          </div>
          <YieldCurve progress={progress} />
        </div>
      )}
    </Panel>
  );
}
