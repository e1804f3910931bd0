import { describeDecision } from "@/lib/annotate/decision";
import type { Item } from "@/lib/annotate/item";
import { formatPercent, reviewerName } from "@/lib/format";

/** Opinions of the reviewers, and the settled label when a job contradicts it. */
export function OpinionsList({ item }: { item: Item }) {
  const { opinions, settled, given } = item;
  // The same figure as in the list of classes; without one, that of the job's cross-validation.
  const listed = item.likely?.find(({ label }) => label === settled?.label)?.probability;
  const probability = listed ?? settled?.probability ?? null;
  if (opinions.length === 0 && settled === null) return null;
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-1 rounded-lg border border-line bg-surface px-3 py-2 text-sm max-lg:order-1">
      {settled !== null && (
        <p>
          Settled as <strong>{settled.label}</strong>
          {probability !== null && (
            <>, but the job gives this class only {formatPercent(probability)}</>
          )}
        </p>
      )}
      {opinions.length > 0 && (
        <ul aria-label="Opinions" className="flex flex-wrap gap-x-6 gap-y-1">
          {opinions.map(({ reviewer, verdict, label }, position) => (
            <li key={position}>
              <span className="text-muted">{reviewerName(reviewer)}:</span>{" "}
              <strong>{describeDecision({ verdict, label }, given)}</strong>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
