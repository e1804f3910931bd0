import { Link } from "@tanstack/react-router";

import type { ReviewSearch } from "@/lib/review-search";

const TAB =
  "rounded-md px-2.5 py-1 text-sm text-muted hover:text-ink pointer-coarse:py-3 aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent";

interface Props {
  jobId: string;
  /** Kept when one goes from one view to the other. */
  filters: ReviewSearch;
}

/** The two views of a job's ranking, and the way back to its results. */
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
        One by one
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
    </nav>
  );
}
