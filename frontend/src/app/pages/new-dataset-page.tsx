import { PageHeader } from "@/components/ui/page-header";
import { NewDataset } from "@/features/datasets";

import { Page } from "../page";

export function NewDatasetPage() {
  return (
    <Page>
      <PageHeader title="New dataset" back={{ label: "Datasets", to: "/" }} />
      <NewDataset />
    </Page>
  );
}
