import type { Item } from "@/lib/annotate/item";
import { describe } from "@/lib/annotate/use-undo";
import { formatPercent } from "@/lib/format";

/** What others said, and what the sample is settled as where a run contradicts that. */
export function OpinionsList({ item }: { item: Item }) {
  const { opinions, settled, given } = item;
  if (opinions.length === 0 && settled === null) return null;
  return (
    <div className="space-y-2 rounded-lg border border-line bg-raised p-3 text-sm">
      {settled !== null && (
        <p>
          Settled as <strong>{settled.label}</strong>
          {settled.probability !== null && (
            <> — the run gives that class only {formatPercent(settled.probability)}</>
          )}
          .
        </p>
      )}
      {opinions.length > 0 && (
        <ul aria-label="Opinions" className="space-y-1">
          {opinions.map(({ reviewer, verdict, label }, position) => (
            <li key={position} className="flex justify-between gap-3">
              <span className="min-w-0 truncate text-muted">
                {reviewer === "" ? "no name" : reviewer}
              </span>
              <span className="min-w-0 text-right font-medium break-words">
                {verdict === "withdrawn"
                  ? "withdrawn"
                  : describe({ verdict, label: label ?? null }, given)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
