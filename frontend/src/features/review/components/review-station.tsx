import { useQuery } from "@tanstack/react-query";

import { ClassSearch } from "@/components/annotate/class-search";
import { usePreloadedImages } from "@/components/annotate/image-stage";
import { ShortcutSheet } from "@/components/annotate/shortcut-sheet";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Decision } from "@/lib/annotate/decision-queue";
import { queueFor } from "@/lib/annotate/decision-queues";
import { useAnnotator } from "@/lib/annotate/use-annotator";
import type { JobSummary, Result } from "@/lib/client/types";
import type { ReviewSearch } from "@/lib/review-search";

import { countReview } from "../api/counters";
import { reviewSummaryQuery } from "../api/queries";
import { useMoreNearEnd, useRanking } from "../api/use-ranking";
import { CountersPanel } from "./counters-panel";
import { DecisionPanel } from "./decision-panel";
import { FilterPanel } from "./filter-panel";
import { ReviewBar } from "./review-bar";
import { StagePanel } from "./stage-panel";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** What stands for a sample: this browser's latest word, else the service's. */
function standingDecision(
  result: Result | undefined,
  decisions: ReadonlyMap<string, Decision | null>,
): Decision | null {
  if (result === undefined) return null;
  const own = decisions.get(result.sample_id);
  if (own !== undefined) return own;
  const { verdict, settled_label: label } = result;
  return verdict === null || verdict === "withdrawn" ? null : { verdict, label };
}

function Station({ jobId, filters, onFilter, summary }: Props & { summary: JobSummary }) {
  const { classes, histogram } = summary;
  const ranking = useRanking(jobId, filters, classes);
  const { results, items, total } = ranking;
  const queue = queueFor({ jobId });
  const annotator = useAnnotator(items, queue, JSON.stringify(filters));
  const { index, state, dialog, setDialog, perform, chooseClass, goTo } = annotator;
  useMoreNearEnd(index, ranking);
  usePreloadedImages(
    items.map(({ sampleId }) => sampleId),
    index,
  );

  const result = results[index];
  const known = { reviewed: summary.reviewed, errorsFound: summary.errors_found, total };
  const counters = countReview(known, results, state.decisions);
  const closeDialog = () => {
    setDialog("none");
  };

  return (
    <div className="grid min-h-0 grow gap-4 lg:grid-cols-[14.5rem_minmax(0,1fr)_21rem]">
      <div className="-mx-2 space-y-5 px-2 lg:overflow-y-auto">
        <CountersPanel counters={counters} total={total} />
        <FilterPanel
          histogram={histogram}
          classes={classes}
          filters={filters}
          onChange={onFilter}
        />
      </div>
      <div className="flex min-h-0 flex-col gap-3">
        <ReviewBar index={index} total={total} state={state} queue={queue} perform={perform} />
        <div className="grid min-h-0 grow">
          <StagePanel
            jobId={jobId}
            result={result}
            isEmpty={items.length === 0}
            isLoading={ranking.isFetching}
            error={ranking.error}
            onRetry={() => void ranking.refetch()}
            onBackToFirst={() => {
              goTo(0);
            }}
          />
        </div>
      </div>
      <div className="-m-1 p-1 lg:overflow-y-auto">
        {result !== undefined && (
          <DecisionPanel
            result={result}
            classes={classes}
            decision={standingDecision(result, state.decisions)}
            canUndo={state.canUndo}
            perform={perform}
          />
        )}
      </div>
      <ClassSearch
        classes={classes}
        open={dialog === "search"}
        onClose={closeDialog}
        onChoose={chooseClass}
      />
      <ShortcutSheet open={dialog === "help"} hasSuggestions onClose={closeDialog} />
    </div>
  );
}

/** The review of a job's ranking, one image at a time. */
export function ReviewStation(props: Props) {
  const { data: summary, error, refetch } = useQuery(reviewSummaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading the review" />;
  return <Station {...props} summary={summary} />;
}
