import type { ReviewSearch } from "@/lib/review-search";

import { ReviewTabs } from "./review-tabs";

interface Props {
  jobId: string;
  title: string;
  filters?: ReviewSearch;
  /** Whether no tab leads here: the title becomes the last one. */
  isLast?: boolean;
}

/** Title of a view of a job's images, and links to the other views. */
export function ViewHeader({ jobId, title, filters = {}, isLast = false }: Props) {
  return (
    <>
      {/* Visible as the active tab. */}
      <h1 className="sr-only">{title}</h1>
      <ReviewTabs jobId={jobId} filters={filters} current={isLast ? title : undefined} />
    </>
  );
}
