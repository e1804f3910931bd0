import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { api, unwrap } from "@/lib/client/client";
import type { Dataset } from "@/lib/client/types";

export function DeleteDataset({ dataset }: { dataset: Dataset }) {
  const [isOpen, setIsOpen] = useState(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      unwrap(
        api.DELETE("/api/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: dataset.id } },
        }),
      ),
    onSuccess: async () => {
      await navigate({ to: "/" });
      queryClient.removeQueries({ queryKey: ["datasets", dataset.id] });
      await queryClient.invalidateQueries({ queryKey: ["datasets"] });
    },
  });

  return (
    <>
      <Button
        look="quiet"
        onClick={() => {
          setIsOpen(true);
        }}
      >
        Delete dataset
      </Button>
      <Dialog
        title={`Delete “${dataset.name}”?`}
        description="This also deletes its images, verifications, jobs and exports. It cannot be undone."
        open={isOpen}
        onOpenChange={setIsOpen}
      >
        {remove.error !== null && <ProblemPanel error={remove.error} />}
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
            disabled={remove.isPending}
            onClick={() => {
              remove.mutate();
            }}
          >
            Delete permanently
          </Button>
        </div>
      </Dialog>
    </>
  );
}
