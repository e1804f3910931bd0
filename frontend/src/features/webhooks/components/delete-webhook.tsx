import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Webhook } from "@/lib/client/types";

import { useDeleteWebhook } from "../api/queries";

/** Deletes a webhook with its log, after a question. */
export function DeleteWebhook({ datasetId, webhook }: { datasetId: string; webhook: Webhook }) {
  const [isOpen, setIsOpen] = useState(false);
  const deleting = useDeleteWebhook(datasetId, webhook.id);
  return (
    <>
      <Button
        look="quiet"
        aria-label={`Delete ${webhook.url}`}
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Delete
      </Button>
      <Dialog
        title="Delete this webhook?"
        description={`${webhook.url} is not told of anything any more, and its log is deleted.`}
        open={isOpen}
        onOpenChange={setIsOpen}
      >
        {deleting.error !== null && <ProblemPanel error={deleting.error} />}
        <div className="mt-4 flex justify-end gap-2">
          <Button
            onClick={() => {
              setIsOpen(false);
            }}
          >
            Cancel
          </Button>
          <Button
            look="danger"
            disabled={deleting.isPending}
            onClick={() => {
              deleting.mutate(undefined);
            }}
          >
            Delete permanently
          </Button>
        </div>
      </Dialog>
    </>
  );
}
