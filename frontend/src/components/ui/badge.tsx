import type { ReactNode } from "react";

import { cx } from "./cx";

export type BadgeLook = "neutral" | "accent" | "good" | "bad" | "warn";

const LOOKS: Record<BadgeLook, string> = {
  neutral: "bg-raised text-muted border-line",
  accent: "bg-accent-soft text-accent border-transparent",
  good: "bg-good-soft text-good border-transparent",
  bad: "bg-bad-soft text-bad border-transparent",
  warn: "bg-warn-soft text-warn border-transparent",
};

export function Badge({ look = "neutral", children }: { look?: BadgeLook; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 rounded-full border px-2 py-px text-xs font-medium whitespace-nowrap",
        LOOKS[look],
      )}
    >
      {children}
    </span>
  );
}
