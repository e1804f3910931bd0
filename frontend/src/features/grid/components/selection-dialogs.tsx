import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatPlural } from "@/lib/format";

import { useRemoveImages, useSplitClass } from "../api/image-changes";

interface Props {
  datasetId: string;
  /** The selected images. */
  sampleIds: readonly string[];
  onClose: () => void;
  onDone: () => void;
}

/** Asks before images are removed from the dataset. */
export function RemoveDialog({ datasetId, sampleIds, onClose, onDone }: Props) {
  const remove = useRemoveImages(datasetId);
  return (
    <Dialog
      title={`Remove ${formatPlural(sampleIds.length, "image")}?`}
      description="Rankings, queues, later jobs and exports leave them out. They are kept, and can be restored on the dataset’s page."
      open
      onOpenChange={onClose}
    >
      {remove.error !== null && <ProblemPanel error={remove.error} />}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="danger"
          disabled={remove.isPending}
          onClick={() => {
            remove.mutate(sampleIds, { onSuccess: onDone });
          }}
        >
          Remove images
        </Button>
      </div>
    </Dialog>
  );
}

/** Names the class that is split off the selected images. */
export function SplitDialog({
  datasetId,
  jobId,
  sampleIds,
  onClose,
  onDone,
}: Props & { jobId: string }) {
  const [name, setName] = useState("");
  const split = useSplitClass(datasetId, jobId);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    split.mutate({ name: name.trim(), sampleIds }, { onSuccess: onDone });
  };
  return (
    <Dialog
      title="New class from these images"
      description={`${formatPlural(sampleIds.length, "image")} will be decided to be of the class. Given labels stay.`}
      open
      onOpenChange={onClose}
    >
      <form onSubmit={onSubmit} className="space-y-3">
        <TextField
          label="Name of the class"
          required
          maxLength={256}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        {split.error !== null && <ProblemPanel error={split.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={split.isPending || name.trim() === ""}>
            Add class
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
