import { ViewHeader } from "@/components/ui/view-header";
import { DuplicatesView } from "@/features/grid";
import type { DuplicatesSearch } from "@/lib/review-search";

import { ViewPage } from "./view-page";

interface Props {
  jobId: string;
  search: DuplicatesSearch;
  onSearch: (search: DuplicatesSearch) => void;
}

/** Groups of duplicates, side by side. */
export function DuplicatesPage({ jobId, search, onSearch }: Props) {
  return (
    <ViewPage jobId={jobId} title="Duplicates">
      {(job) => (
        <DuplicatesView
          datasetId={job.dataset_id}
          jobId={jobId}
          search={search}
          onSearch={onSearch}
          header={<ViewHeader jobId={jobId} title="Duplicates" />}
        />
      )}
    </ViewPage>
  );
}
