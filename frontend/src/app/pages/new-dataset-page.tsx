import { useState } from "react";

import { PageHeader } from "@/components/ui/page-header";
import { TabBar } from "@/components/ui/tab-bar";
import { NewDataset } from "@/features/datasets";
import { BucketForm, FolderForm } from "@/features/sources";

import { Page } from "../page";

const TABS = { upload: "Upload", folder: "Folder of the server", bucket: "Bucket" } as const;
const FORMS = { upload: NewDataset, folder: FolderForm, bucket: BucketForm } as const;

/** A new dataset: an upload, or images that stay where they are. */
export function NewDatasetPage() {
  const [tab, setTab] = useState<keyof typeof TABS>("upload");
  const Form = FORMS[tab];
  return (
    <Page>
      <PageHeader title="New dataset" back={{ label: "Datasets", to: "/" }} />
      <TabBar label="Where the images are" tabs={TABS} current={tab} onChange={setTab}>
        <Form />
      </TabBar>
    </Page>
  );
}
