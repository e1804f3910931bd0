import { Link } from "@tanstack/react-router";

import type { ReviewSearch } from "@/lib/review-search";

import { TAB } from "./tab";

interface Props {
  jobId: string;
  /** Kept when switching between the views. */
  filters: ReviewSearch;
}

/** Results of a job, and the views of its images. */
export function ReviewTabs({ jobId, filters }: Props) {
  const params = { jobId };
  const options = { includeSearch: false };
  return (
    <nav aria-label="Views of this job" className="flex items-center gap-1">
      <Link to="/jobs/$jobId" params={params} className={TAB} activeOptions={{ exact: true }}>
        Results
      </Link>
      <Link
        to="/jobs/$jobId/review"
        params={params}
        search={filters}
        className={TAB}
        activeOptions={options}
      >
        Review
      </Link>
      <Link
        to="/jobs/$jobId/grid"
        params={params}
        search={filters}
        className={TAB}
        activeOptions={options}
      >
        Grid
      </Link>
      <Link to="/jobs/$jobId/map" params={params} className={TAB} activeOptions={options}>
        Map
      </Link>
    </nav>
  );
}
