import { ViewHeader } from "@/components/ui/view-header";
import { SelectionView } from "@/features/grid";
import type { SelectionSearch } from "@/lib/review-search";

import { ViewPage } from "./view-page";

interface Props {
  jobId: string;
  search: SelectionSearch;
  onFilter: (search: SelectionSearch) => void;
}

/** An area of the map, or everything like one image, as a grid. */
export function SelectionPage({ jobId, search, onFilter }: Props) {
  const title = search.like === undefined ? "Selection on the map" : "Similar images";
  return (
    <ViewPage jobId={jobId} title={title}>
      {(job) => (
        <SelectionView
          datasetId={job.dataset_id}
          jobId={jobId}
          search={search}
          onFilter={onFilter}
          header={<ViewHeader jobId={jobId} title={title} isLast />}
        />
      )}
    </ViewPage>
  );
}
