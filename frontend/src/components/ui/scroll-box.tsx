import type { ReactNode } from "react";

import { cx } from "./cx";

interface Props {
  label: string;
  className?: string;
  children: ReactNode;
}

/** Scrollable region, also by keyboard. Shades show where it continues. It also clips text for screen readers. */
export function ScrollBox({ label, className, children }: Props) {
  return (
    <div
      role="region"
      aria-label={label}
      // Focusable, so that arrow keys scroll it.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={cx("scroll-cue relative overflow-auto", className)}
    >
      {children}
    </div>
  );
}
