import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { cx } from "@/components/ui/cx";
import { INPUT_CLASS } from "@/components/ui/field";
import { searchClasses } from "@/lib/annotate/search-classes";

interface Props {
  classes: readonly string[];
  open: boolean;
  onClose: () => void;
  onChoose: (label: string) => void;
  /** Called with what was typed if no class has this name. Undefined: none can be proposed. */
  onPropose?: (name: string) => void;
}

function SearchList({ classes, onChoose, onPropose }: Omit<Props, "open" | "onClose">) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const found = searchClasses(classes, text);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setActive(Math.max(0, Math.min(found.length - 1, active + step)));
    }
    const label = found[active];
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (label !== undefined) onChoose(label);
    else if (text.trim() !== "") onPropose?.(text.trim());
  };

  return (
    <>
      <input
        // The user opened the dialog to type.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        type="text"
        role="combobox"
        aria-label="Search class"
        aria-expanded="true"
        aria-controls="class-search-list"
        aria-activedescendant={found.length > 0 ? `class-search-${active}` : undefined}
        autoComplete="off"
        className={INPUT_CLASS}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div
        id="class-search-list"
        role="listbox"
        aria-label="Classes"
        className="mt-2 max-h-72 overflow-y-auto"
      >
        {found.map((label, position) => (
          // The combobox that owns this list handles the keys.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={label}
            id={`class-search-${position}`}
            role="option"
            tabIndex={-1}
            aria-selected={position === active}
            className={cx(
              "cursor-pointer rounded-md px-2.5 py-1.5 break-words",
              position === active ? "bg-accent-soft text-accent" : "hover:bg-raised",
            )}
            onClick={() => {
              onChoose(label);
            }}
          >
            {label}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <div className="space-y-2 px-2.5 py-3">
          <p className="text-muted">No matching class.</p>
          {onPropose !== undefined && text.trim() !== "" && (
            <Button
              onClick={() => {
                onPropose(text.trim());
              }}
            >
              Propose “{text.trim()}” (Enter)
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** Finds a class by part of its name. */
export function ClassSearch({ open, onClose, ...list }: Props) {
  return (
    <Dialog title="Choose a class" open={open} onOpenChange={onClose} isAside>
      <SearchList {...list} />
    </Dialog>
  );
}
