import { Dialog } from "@/components/ui/dialog";
import { Kbd } from "@/components/ui/kbd";

type Row = readonly [keys: readonly string[], meaning: string];

const COMMON: readonly Row[] = [
  [["A"], "Keep the given label"],
  [["1", "–", "9"], "Take the class with this number"],
  [["/"], "Search a class by name"],
  [["W"], "Wrong, but the right class is not known"],
  [["U"], "Unsure"],
  [["X"], "Unusable image"],
  [["Space"], "Skip for now"],
  [["⌫", "Ctrl+Z"], "Undo the latest decision"],
  [["←", "→"], "Go back and forth"],
  [["?"], "This sheet"],
];

const SUGGESTION: Row = [["S", "Enter"], "Take the suggestion"];

interface Props {
  open: boolean;
  onClose: () => void;
  hasSuggestions: boolean;
}

export function ShortcutSheet({ open, onClose, hasSuggestions }: Props) {
  const rows = hasSuggestions ? [...COMMON.slice(0, 1), SUGGESTION, ...COMMON.slice(1)] : COMMON;
  return (
    <Dialog
      title="Keys"
      description="Keys rest while you type in a field. Every decision is saved at once."
      open={open}
      onOpenChange={onClose}
    >
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2">
        {rows.map(([keys, meaning]) => (
          <div key={meaning} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
              <span className="sr-only">{keys.join(" or ")}</span>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
