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
import type { ReviewSearch } from "@/lib/review-search";

import { countReview } from "../api/counters";
import { reviewSummaryQuery } from "../api/queries";
import { CountersPanel } from "./counters-panel";
import { FilterPanel } from "./filter-panel";

interface Props {
  jobId: string;
  dataset: Pick<Dataset, "id" | "guidelines">;
  /** Suggestions that are accepted already. */
  numAccepted: number;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  heading: ReactNode;
}

function requestOf(jobId: string, filters: ReviewSearch): QueueRequest {
  const { given, suggested, score_min, score_max } = filters;
  return { queue: "review", job_id: jobId, given, suggested, score_min, score_max };
}

function Station(props: Props & { summary: JobSummary }) {
  const { jobId, dataset, numAccepted, filters, onFilter, heading, summary } = props;
  const { classes, histogram } = summary;
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
          Everything behind these filters is settled or in somebody else’s hands. Widen them, look
          at <ResultsLink jobId={jobId} />, or run the job again from here.
        </>
      }
    />
  );
}

function ResultsLink({ jobId }: { jobId: string }) {
  return (
    <Link to="/jobs/$jobId" params={{ jobId }} className={LINK}>
      the results
    </Link>
  );
}

/** The review of a job's ranking, one image at a time. */
export function ReviewStation(props: Props) {
  const { data: summary, error, refetch } = useQuery(reviewSummaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading the review" />;
  return <Station {...props} summary={summary} />;
}
