import type { ReviewSearch } from "@/lib/review-search";

import { ReviewTabs } from "./review-tabs";

interface Props {
  jobId: string;
  title: string;
  filters?: ReviewSearch;
  /** Whether the title is visible: the active tab shows it on most pages. */
  isShown?: boolean;
}

/** Title of a view of a job's images, and links to the other views. */
export function ViewHeader({ jobId, title, filters = {}, isShown = false }: Props) {
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1">
      <h1 className={isShown ? "text-lg font-semibold" : "sr-only"}>{title}</h1>
      <ReviewTabs jobId={jobId} filters={filters} />
    </div>
  );
}
