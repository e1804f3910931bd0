import { type ReactNode, useEffect, useId, useRef } from "react";

import { cx } from "@/components/ui/cx";
import { Kbd } from "@/components/ui/kbd";
import { focusField } from "@/lib/annotate/command-keys";
import type { Folds } from "@/lib/annotate/use-folds";
import { useKeyPreset } from "@/lib/annotate/key-preset";
import { keyHint, type PanelName } from "@/lib/annotate/keymap";

interface Props {
  panel: PanelName;
  title: string;
  folds: Folds;
  className?: string;
  children: ReactNode;
}

/** Collapsible panel of the focus view: toggles by shortcut or click. One that opens for typing takes the focus. */
export function FoldPanel({ panel, title, folds, className, children }: Props) {
  const id = useId();
  const [preset] = useKeyPreset();
  const isOpen = folds.isOpen(panel);
  const section = useRef<HTMLElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (isOpen && !wasOpen.current) focusField(section.current);
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <section
      ref={section}
      data-panel={panel}
      aria-label={title}
      className={cx("min-w-0 rounded-lg border border-line bg-surface", className)}
    >
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          className="flex min-h-8 w-full items-center justify-between gap-2 rounded-lg px-3 py-1 text-left text-sm font-medium hover:bg-raised pointer-coarse:min-h-11"
          // Keep the focus, so that Space and Enter stay shortcuts.
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            folds.toggle(panel);
          }}
        >
          <span className="min-w-0">
            <span aria-hidden="true" className="mr-1.5 inline-block w-2 text-muted">
              {isOpen ? "▾" : "▸"}
            </span>
            {title}
          </span>
          <Kbd>{keyHint(preset, "fold", panel)}</Kbd>
        </button>
      </h2>
      <div id={id} hidden={!isOpen} className="px-3 pb-2.5">
        {isOpen && children}
      </div>
    </section>
  );
}
