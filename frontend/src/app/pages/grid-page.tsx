import { ViewHeader } from "@/components/ui/view-header";
import { GridView } from "@/features/grid";
import type { ReviewSearch } from "@/lib/review-search";

import { ImagesPage } from "./images-page";

interface Props {
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
}

/** A job's ranking as a grid. */
export function GridPage({ jobId, filters, onFilter }: Props) {
  return (
    <ImagesPage jobId={jobId} title="Label errors">
      {(job) => (
        <GridView
          datasetId={job.dataset_id}
          jobId={jobId}
          filters={filters}
          onFilter={onFilter}
          header={<ViewHeader jobId={jobId} title="Label errors" filters={filters} />}
        />
      )}
    </ImagesPage>
  );
}
