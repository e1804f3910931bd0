import { ViewHeader } from "@/components/ui/view-header";
import { GridView } from "@/features/grid";
import type { ReviewSearch } from "@/lib/review-search";

import { ViewPage } from "./view-page";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** A job's ranking as a grid. */
export function GridPage({ jobId, filters, onFilter }: Props) {
  return (
    <ViewPage jobId={jobId} title="Label errors">
      {(job) => (
        <GridView
          datasetId={job.dataset_id}
          jobId={jobId}
          filters={filters}
          onFilter={onFilter}
          header={<ViewHeader jobId={jobId} title="Label errors" filters={filters} />}
        />
      )}
    </ViewPage>
  );
}
