import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { formatCount } from "@/lib/format";
import { countOnPage, ISSUE_PAGE_NAMES, issueCountsQuery } from "@/lib/issues";
import { summaryQuery } from "@/lib/job-summary";
import type { ReviewSearch } from "@/lib/review-search";

import { TAB } from "./tab";

interface Props {
  jobId: string;
  /** Kept when switching between the views of the ranking. */
  filters: ReviewSearch;
  /** Name of a view that has no link: it is opened from an image or from the map. */
  current?: string | undefined;
}

const OPTIONS = { exact: true, includeSearch: false } as const;

function Name({ children, count }: { children: ReactNode; count: number | undefined }) {
  return (
    <>
      {children}
      {count !== undefined && (
        <span className="text-xs font-normal text-muted"> {formatCount(count)}</span>
      )}
    </>
  );
}

/** Results of a job, and the views of its images, with the number of issues in each. */
export function ReviewTabs({ jobId, filters, current }: Props) {
  const { data: counts } = useQuery(issueCountsQuery(jobId));
  const { data: summary } = useQuery(summaryQuery(jobId));
  const link = { params: { jobId }, className: TAB, activeOptions: OPTIONS };
  const hasIssues = counts !== undefined && counts.items.length > 0;
  return (
    <nav
      aria-label="Views of this job"
      className="flex max-w-full items-center gap-0.5 overflow-x-auto py-0.5 whitespace-nowrap"
    >
      <Link to="/jobs/$jobId" {...link}>
        Results
      </Link>
      <Link to="/jobs/$jobId/review" {...link} search={filters}>
        Review
      </Link>
      <Link to="/jobs/$jobId/grid" {...link} search={filters}>
        <Name count={summary?.num_issues}>Label errors</Name>
      </Link>
      {hasIssues && (
        <>
          <Link to="/jobs/$jobId/duplicates" {...link}>
            <Name count={counts.duplicate_groups}>Duplicates</Name>
          </Link>
          <Link to="/jobs/$jobId/outliers" {...link}>
            <Name count={countOnPage(counts, "outliers")}>{ISSUE_PAGE_NAMES.outliers}</Name>
          </Link>
          <Link to="/jobs/$jobId/bad-images" {...link}>
            <Name count={countOnPage(counts, "bad-images")}>{ISSUE_PAGE_NAMES["bad-images"]}</Name>
          </Link>
        </>
      )}
      {counts?.has_map === true && (
        <Link to="/jobs/$jobId/map" {...link}>
          Map
        </Link>
      )}
      {current !== undefined && (
        <span aria-current="page" className={TAB}>
          {current}
        </span>
      )}
    </nav>
  );
}
