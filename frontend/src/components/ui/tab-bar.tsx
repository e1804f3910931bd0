import type { ReactNode } from "react";

import { cx } from "./cx";

interface Props<T extends string> {
  label: string;
  tabs: Readonly<Record<T, string>>;
  current: T;
  onChange: (tab: T) => void;
  /** The content of the current tab. */
  children: ReactNode;
}

/** Tabs with one panel: arrow keys, Home and End move between the tabs. */
export function TabBar<T extends string>({ label, tabs, current, onChange, children }: Props<T>) {
  const names = Object.keys(tabs) as T[];
  const at = names.indexOf(current);
  const moves: Readonly<Record<string, number>> = {
    ArrowLeft: (at - 1 + names.length) % names.length,
    ArrowRight: (at + 1) % names.length,
    Home: 0,
    End: names.length - 1,
  };
  return (
    <>
      <div
        role="tablist"
        aria-label={label}
        className="mb-5 flex flex-wrap gap-1 border-b border-line"
      >
        {names.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === current}
            aria-controls="tab-panel"
            tabIndex={name === current ? 0 : -1}
            className={cx(
              "-mb-px border-b-2 px-3 py-1.5 text-sm pointer-coarse:min-h-11",
              name === current
                ? "border-accent font-medium text-accent"
                : "border-transparent text-muted hover:text-ink",
            )}
            onClick={() => {
              onChange(name);
            }}
            onKeyDown={(event) => {
              const to = names[moves[event.key] ?? -1];
              if (to === undefined) return;
              event.preventDefault();
              onChange(to);
              document.getElementById(`tab-${to}`)?.focus();
            }}
          >
            {tabs[name]}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${current}`} className="space-y-5">
        {children}
      </div>
    </>
  );
}
