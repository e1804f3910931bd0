import { Dialog } from "@/components/ui/dialog";
import { KeyList, type KeyRow } from "@/components/ui/key-list";

const ROWS: readonly KeyRow[] = [
  [["←", "↑", "→", "↓"], "Move from image to image"],
  [["Space"], "Select the image, or leave it out"],
  [["Shift + arrows"], "Select everything on the way"],
  [["Ctrl + A"], "Select all behind the filters"],
  [["Esc"], "Select none"],
  [["1", "–", "0"], "Say which class the selected images are"],
  [["/"], "Search a class by name"],
  [["A"], "Keep the given labels"],
  [["S"], "Take the suggestions"],
  [["W"], "Wrong, but the right class is not known"],
  [["U"], "Unsure"],
  [["X"], "Unusable images"],
  [["⌫", "Ctrl + Z"], "Undo the latest decision, for all its images"],
  [["?"], "This sheet"],
];

interface Props {
  open: boolean;
  onClose: () => void;
}

/** The grid's keys. */
export function GridSheet({ open, onClose }: Props) {
  return (
    <Dialog
      title="Keys"
      description="Keys act on the selection, or on the image with the frame when nothing is selected. By mouse: click, Shift or Ctrl with a click, or draw a rectangle. By touch: tap."
      open={open}
      onOpenChange={onClose}
    >
      <KeyList rows={ROWS} />
    </Dialog>
  );
}
