import { ProgressBar } from "@/components/ui/progress-bar";
import { Stat } from "@/components/ui/stat";
import { formatCount } from "@/lib/format";

import type { Counters } from "../api/counters";

interface Props {
  counters: Counters;
  total: number | null;
}

export function CountersPanel({ counters, total }: Props) {
  const { reviewed, errorsFound, remaining } = counters;
  const share =
    total === null || remaining === null || total === 0 ? 0 : (total - remaining) / total;
  return (
    <section aria-label="Progress">
      <dl className="mb-2 flex justify-between gap-2 whitespace-nowrap">
        <Stat label="Reviewed">{formatCount(reviewed)}</Stat>
        <Stat label="Errors found">{formatCount(errorsFound)}</Stat>
        <Stat label="Remaining">{remaining === null ? "–" : formatCount(remaining)}</Stat>
      </dl>
      <ProgressBar label="Reviewed of the filtered images" share={share} />
    </section>
  );
}
