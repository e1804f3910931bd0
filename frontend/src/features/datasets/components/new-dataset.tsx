import { useNavigate } from "@tanstack/react-router";

import { Panel } from "@/components/ui/panel";

import { LayoutExamples } from "./layout-examples";
import { UploadForm } from "./upload-form";

/** Form for a new dataset, next to the accepted layouts. */
export function NewDataset() {
  const navigate = useNavigate();
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Panel title="Your images">
        <UploadForm
          onUploaded={(datasetId) => {
            void navigate({ to: "/datasets/$datasetId", params: { datasetId } });
          }}
        />
      </Panel>
      <Panel title="Accepted layouts">
        <LayoutExamples />
      </Panel>
    </div>
  );
}
