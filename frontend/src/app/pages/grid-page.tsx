import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { Loading } from "@/components/ui/loading";
import { ReviewTabs } from "@/components/ui/review-tabs";
import { GridView } from "@/features/grid";
import { jobQuery } from "@/features/jobs";
import type { ReviewSearch } from "@/lib/review-search";

import { ProblemPage } from "../problem-page";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** The grid fills the window: images scroll, actions stay in sight. */
export function GridPage({ jobId, filters, onFilter }: Props) {
  const queryClient = useQueryClient();
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  useEffect(() => {
    document.title = "Grid · MSLG";
    // Decisions made here change the counts on the results page.
    return () => void queryClient.invalidateQueries({ queryKey: ["jobs", jobId] });
  }, [queryClient, jobId]);

  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <div className="flex h-[max(calc(100vh-3.25rem),40rem)] flex-col px-6 pt-2 pb-3">
      {job === undefined ? (
        <Loading lines={6} label="Loading the job" />
      ) : (
        <GridView
          datasetId={job.dataset_id}
          jobId={jobId}
          filters={filters}
          onFilter={onFilter}
          header={
            <div className="flex flex-wrap items-center gap-4">
              <h1 className="text-lg font-semibold">Grid</h1>
              <ReviewTabs jobId={jobId} filters={filters} />
            </div>
          }
        />
      )}
    </div>
  );
}
