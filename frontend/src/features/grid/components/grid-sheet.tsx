import { Dialog } from "@/components/ui/dialog";
import { KeyList, type KeyRow } from "@/components/ui/key-list";

const ROWS: readonly KeyRow[] = [
  [["←", "↑", "→", "↓"], "Move the focus"],
  [["Space"], "Select or deselect the image"],
  [["Shift + arrows"], "Select a range"],
  [["Ctrl + A"], "Select all filtered images"],
  [["Esc"], "Clear the selection"],
  [["1", "–", "0"], "Assign a class"],
  [["/"], "Search for a class"],
  [["A"], "Keep the given labels"],
  [["S"], "Use the suggestions"],
  [["W"], "Wrong, class unknown"],
  [["U"], "Unsure"],
  [["X"], "Unusable"],
  [["T"], "Add or remove tags"],
  [["M"], "Open images similar to the focused one"],
  [["N"], "New class from the images"],
  [["Del"], "Remove the images from the dataset"],
  [["⌫", "Ctrl + Z"], "Undo the latest decision for all its images"],
  [["O"], "Open the image in a new tab (also double-click)"],
  [["?"], "Show shortcuts"],
];

interface Props {
  open: boolean;
  onClose: () => void;
}

/** Keyboard shortcuts of the grid. */
export function GridSheet({ open, onClose }: Props) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      description="Shortcuts apply to the selection, or to the focused image if nothing is selected. To select by mouse, click, Shift-click, Ctrl-click or draw a rectangle. By touch, tap."
      open={open}
      onOpenChange={onClose}
    >
      <KeyList rows={ROWS} />
    </Dialog>
  );
}
