import { cx } from "./cx";

/** Placeholder bars, announced once to screen readers. */
export function Loading({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-2.5 py-1">
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className={cx("h-4 animate-pulse rounded bg-line", line % 3 === 2 ? "w-1/2" : "w-full")}
        />
      ))}
    </div>
  );
}
