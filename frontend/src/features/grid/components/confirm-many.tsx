import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { formatPlural } from "@/lib/format";

interface Props {
  /** How many images are meant; null while nothing is asked. */
  count: number | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before one key settles more images than anybody has looked at. */
export function ConfirmMany({ count, onConfirm, onClose }: Props) {
  return (
    <Dialog
      title={`Say this about ${formatPlural(count ?? 0, "image")}?`}
      description="They become part of the verified set, on your word. Undo takes all of them back."
      open={count !== null}
      onOpenChange={onClose}
    >
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" onClick={onConfirm}>
          Say it
        </Button>
      </div>
    </Dialog>
  );
}
