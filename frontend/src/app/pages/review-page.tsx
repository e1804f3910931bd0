import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";

import { LINK } from "@/components/ui/table";
import { ReviewStation } from "@/features/review";
import type { ReviewSearch } from "@/lib/review-search";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** The review page fills the window, so that image, classes and keys are in sight at once. */
export function ReviewPage({ jobId, filters, onFilter }: Props) {
  const queryClient = useQueryClient();
  useEffect(() => {
    document.title = "Review · MSLG";
    // The results' counters are out of date once one comes back from here.
    return () => void queryClient.invalidateQueries({ queryKey: ["jobs", jobId, "summary"] });
  }, [queryClient, jobId]);

  return (
    <div className="flex grow flex-col px-6 pt-3 pb-4 lg:h-[calc(100vh-3.25rem)] lg:grow-0">
      <div className="mb-3 flex items-baseline gap-4">
        <h1 className="text-lg font-semibold">Review</h1>
        <nav aria-label="Breadcrumb" className="text-sm">
          <Link to="/jobs/$jobId" params={{ jobId }} className={LINK}>
            Results of this job
          </Link>
        </nav>
      </div>
      <ReviewStation jobId={jobId} filters={filters} onFilter={onFilter} />
    </div>
  );
}
