import { ViewHeader } from "@/components/ui/view-header";
import { IssuesView } from "@/features/grid";
import { ISSUE_PAGE_NAMES, type IssuePageName } from "@/lib/issues";
import type { ReviewSearch } from "@/lib/review-search";

import { ViewPage } from "./view-page";

interface Props {
  jobId: string;
  page: IssuePageName;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** Outliers or bad images as a grid, one kind at a time. */
export function IssuesPage({ jobId, page, filters, onFilter }: Props) {
  const title = ISSUE_PAGE_NAMES[page];
  return (
    <ViewPage jobId={jobId} title={title}>
      {(job) => (
        <IssuesView
          datasetId={job.dataset_id}
          jobId={jobId}
          page={page}
          filters={filters}
          onFilter={onFilter}
          header={<ViewHeader jobId={jobId} title={title} />}
        />
      )}
    </ViewPage>
  );
}
