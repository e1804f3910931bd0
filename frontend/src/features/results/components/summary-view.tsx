import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { RankingViewSwitch } from "@/components/charts/ranking-link";
import { ReliabilityDiagram } from "@/components/charts/reliability-diagram";
import { buttonClass } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { Stat } from "@/components/ui/stat";
import type { JobSummary } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import { summaryQuery } from "@/lib/job-summary";

import { ModelSelectionTable } from "./model-selection-table";
import { ClassBalance } from "./class-balance";
import { ClassTable } from "./class-table";
import { ConfusionsList } from "./confusions-list";
import { Heatmap } from "./heatmap";
import { HoldoutPanel } from "./holdout-panel";
import { ScorePanel } from "./score-panel";

interface Props {
  jobId: string;
  /** The headline figures, the figures by class, or calibration and model selection. */
  part: "overview" | "classes" | "evidence";
  /** Settled images per class; empty while unknown. */
  settled: Readonly<Record<string, number>>;
  /** Shown below the headline. */
  children?: ReactNode;
}

interface Loaded {
  summary: JobSummary;
}

function Headline({ jobId, summary }: Pick<Props, "jobId"> & { summary: JobSummary }) {
  const { num_samples, num_issues, reviewed, errors_found } = summary;
  return (
    <div className="flex flex-wrap items-center justify-between gap-4 rounded-lg border border-line bg-surface px-4 py-3">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Stat label="Images ranked">{formatCount(num_samples)}</Stat>
        <Stat label="Labels flagged">{formatCount(num_issues)}</Stat>
        <Stat label="Reviewed">{formatCount(reviewed)}</Stat>
        <Stat label="Errors found">{formatCount(errors_found)}</Stat>
      </dl>
      <div className="flex flex-wrap items-center gap-3">
        <RankingViewSwitch />
        <Link
          to="/jobs/$jobId/grid"
          params={{ jobId }}
          search={{ reviewed: false }}
          className={buttonClass("plain", "h-9 px-4")}
        >
          Open grid
        </Link>
        <Link
          to="/jobs/$jobId/review"
          params={{ jobId }}
          search={{ reviewed: false }}
          className={buttonClass("primary", "h-9 px-4")}
        >
          Start review
        </Link>
      </div>
    </div>
  );
}

function Overview({ jobId, summary, children }: Omit<Props, "settled" | "part"> & Loaded) {
  return (
    <>
      <Headline jobId={jobId} summary={summary} />
      {children}
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
        <HoldoutPanel jobId={jobId} summary={summary} />
        <ScorePanel jobId={jobId} summary={summary} />
      </div>
    </>
  );
}

function Classes({ jobId, summary, settled }: Omit<Props, "part"> & Loaded) {
  return (
    <>
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Panel title="Given label by suggestion">
          <Heatmap jobId={jobId} summary={summary} />
        </Panel>
        <Panel title="Most frequent confusions">
          <ConfusionsList jobId={jobId} summary={summary} />
        </Panel>
      </div>
      <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-2">
        <Panel title="Classes, worst first">
          <ClassTable jobId={jobId} figures={summary.per_class} />
        </Panel>
        <Panel title="Class balance">
          <ClassBalance jobId={jobId} figures={summary.per_class} settled={settled} />
        </Panel>
      </div>
    </>
  );
}

function Evidence({ summary }: Loaded) {
  const { reliability = [], model_selection } = summary;
  return (
    <>
      {reliability.length > 0 && (
        <Panel title="Calibration of suggestions">
          <ReliabilityDiagram bins={reliability} />
        </Panel>
      )}
      {model_selection != null && (
        <Panel title="Model selection">
          <ModelSelectionTable candidates={model_selection} />
        </Panel>
      )}
    </>
  );
}

/** One part of the results of a finished job. */
export function SummaryView(props: Props) {
  const { data: summary, error, refetch } = useQuery(summaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading results" />;
  switch (props.part) {
    case "overview":
      return <Overview {...props} summary={summary} />;
    case "classes":
      return <Classes {...props} summary={summary} />;
    case "evidence":
      return <Evidence summary={summary} />;
  }
}
