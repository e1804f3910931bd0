import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatPlural } from "@/lib/format";

interface Props {
  /** Number of images; null while the dialog is closed. */
  count: number | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Confirms a decision on more images than fit on a screen. */
export function ConfirmMany({ count, onConfirm, onClose }: Props) {
  return (
    <Dialog
      title={`Apply to ${formatPlural(count ?? 0, "image")}?`}
      description="This adds the images to the verified set. Undo reverts all of them."
      open={count !== null}
      onOpenChange={onClose}
    >
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" onClick={onConfirm}>
          Apply
        </Button>
      </div>
    </Dialog>
  );
}
