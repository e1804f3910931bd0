import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { FocusView } from "@/components/annotate/focus-view";
import { FoldPanel } from "@/components/annotate/fold-panel";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { LINK } from "@/components/ui/table";
import type { QueueRequest } from "@/lib/annotate/leases";
import { useFolds } from "@/lib/annotate/use-folds";
import type { Dataset, JobSummary } from "@/lib/client/types";
import { initialSummaryQuery } from "@/lib/job-summary";
import type { ReviewSearch } from "@/lib/review-search";

import { countReview } from "../api/counters";
import { CountersPanel } from "./counters-panel";
import { FilterPanel } from "./filter-panel";

interface Props {
  jobId: string;
  dataset: Pick<Dataset, "id" | "classes" | "guidelines">;
  /** Number of auto-accepted suggestions. */
  numAccepted: number;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  heading: ReactNode;
}

function requestOf(jobId: string, filters: ReviewSearch): QueueRequest {
  const { given, suggested, score_min, score_max, rank_max, changed_by_model } = filters;
  const { metadata, tag } = filters;
  return {
    queue: "review",
    job_id: jobId,
    given,
    suggested,
    score_min,
    score_max,
    rank_max,
    changed_by_model,
    metadata,
    tag,
  };
}

function Review(props: Props & { summary: JobSummary }) {
  const { jobId, dataset, numAccepted, filters, onFilter, heading, summary } = props;
  const { histogram } = summary;
  const { classes } = dataset;
  const folds = useFolds();
  return (
    <FocusView
      datasetId={dataset.id}
      classes={classes}
      guidelines={dataset.guidelines}
      request={requestOf(jobId, filters)}
      heading={heading}
      renderSide={({ items, seen, decisions, remaining }) => (
        <>
          <CountersPanel
            numAccepted={numAccepted}
            counters={countReview(
              { reviewed: summary.reviewed, errorsFound: summary.errors_found, remaining },
              { items, seen },
              decisions,
            )}
          />
          <FoldPanel panel="filters" title="Filters" folds={folds}>
            <FilterPanel
              datasetId={dataset.id}
              histogram={histogram}
              classes={classes}
              filters={filters}
              onChange={onFilter}
            />
          </FoldPanel>
        </>
      )}
      finished={
        <>
          Every image that matches these filters is decided or assigned to another reviewer. Widen
          the filters, or re-run the job from <ResultsLink jobId={jobId} />.
        </>
      }
    />
  );
}

function ResultsLink({ jobId }: { jobId: string }) {
  return (
    <Link to="/jobs/$jobId" params={{ jobId }} className={LINK}>
      its results
    </Link>
  );
}

/** Review of a job's ranking, one image at a time. */
export function ReviewView(props: Props) {
  const { data: summary, error, refetch } = useQuery(initialSummaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading review" />;
  return <Review {...props} summary={summary} />;
}
