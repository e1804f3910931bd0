import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { FocusPage } from "@/components/annotate/focus-page";
import { ReviewerNameForm } from "@/components/annotate/reviewer-name-form";
import { Loading } from "@/components/ui/loading";
import { ReviewTabs } from "@/components/ui/review-tabs";
import { autoAcceptQuery } from "@/features/auto-accept";
import { datasetQuery } from "@/features/datasets";
import { jobQuery } from "@/features/jobs";
import { ReviewView } from "@/features/review";
import { isShared } from "@/lib/annotate/is-shared";
import type { ReviewSearch } from "@/lib/review-search";

import { ProblemPage } from "../problem-page";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** Focus view of a job's ranking. */
export function ReviewPage({ jobId, filters, onFilter }: Props) {
  const queryClient = useQueryClient();
  const job = useQuery(jobQuery(jobId));
  const datasetId = job.data?.dataset_id;
  const dataset = useQuery({ ...datasetQuery(datasetId ?? ""), enabled: datasetId !== undefined });
  const autoAccept = useQuery(autoAcceptQuery(jobId));
  const error = job.error ?? dataset.error;

  useEffect(() => {
    document.title = "Review · MSLG";
    // Decisions made here change the counts on the results page.
    return () => void queryClient.invalidateQueries({ queryKey: ["jobs", jobId] });
  }, [queryClient, jobId]);

  if (error !== null) {
    const retry = () => void Promise.all([job.refetch(), dataset.refetch()]);
    return <ProblemPage error={error} onRetry={retry} />;
  }
  return (
    <FocusPage>
      {dataset.data === undefined ? (
        <Loading lines={6} label="Loading the review" />
      ) : (
        <>
          {isShared(dataset.data) && <ReviewerNameForm />}
          <ReviewView
            jobId={jobId}
            dataset={dataset.data}
            numAccepted={autoAccept.data?.num_samples ?? 0}
            filters={filters}
            onFilter={onFilter}
            heading={
              <>
                <h1 className="text-lg font-semibold">Review</h1>
                <ReviewTabs jobId={jobId} filters={filters} />
              </>
            }
          />
        </>
      )}
    </FocusPage>
  );
}
