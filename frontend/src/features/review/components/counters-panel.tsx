import { ProgressBar } from "@/components/ui/progress-bar";
import { Stat } from "@/components/ui/stat";
import { formatCount, formatPlural } from "@/lib/format";

import type { Counters } from "../api/counters";

interface Props {
  counters: Counters;
  /** Auto-accepted suggestions; their samples are served last, whatever their rank. */
  numAccepted: number;
}

/** Progress of the review and errors found. */
export function CountersPanel({ counters, numAccepted }: Props) {
  const { reviewed, errorsFound, remaining } = counters;
  const total = reviewed + (remaining ?? 0);
  return (
    <section aria-label="Progress">
      <dl className="mb-2 flex justify-between gap-2 whitespace-nowrap">
        <Stat label="Reviewed">{formatCount(reviewed)}</Stat>
        <Stat label="Errors found">{formatCount(errorsFound)}</Stat>
        <Stat label="Remaining">{remaining === null ? "–" : formatCount(remaining)}</Stat>
      </dl>
      <ProgressBar label="Share reviewed" share={total === 0 ? 0 : reviewed / total} />
      {numAccepted > 0 && (
        <p className="mt-2 text-xs text-muted">
          {formatPlural(numAccepted, "suggestion")} auto-accepted. The other suspicious images come
          first.
        </p>
      )}
    </section>
  );
}
