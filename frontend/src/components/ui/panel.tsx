import { type ReactNode, useId } from "react";

import { cx } from "./cx";

interface Props {
  title: string;
  children: ReactNode;
  aside?: ReactNode;
  className?: string;
}

/** Titled section of a page. */
export function Panel({ title, aside, className, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cx("min-w-0 rounded-lg border border-line bg-surface", className)}
    >
      <header className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line px-4 py-1.5">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {aside}
      </header>
      <div className="p-4">{children}</div>
    </section>
  );
}
