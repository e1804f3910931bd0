import { Badge } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { ScrollBox } from "@/components/ui/scroll-box";
import { NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { Candidate } from "@/lib/client/types";
import { formatDuration, formatPercent } from "@/lib/format";
import { METHOD_NAMES } from "@/lib/methods";

function formatShare(share: number | null): string {
  return share === null ? "–" : formatPercent(share);
}

/** Model selection: every method that the job tried, with its accuracy on the hold-out. */
export function ModelSelectionTable({ candidates }: { candidates: readonly Candidate[] }) {
  return (
    <ScrollBox label="Methods compared" className="max-h-96">
      <table className={TABLE}>
        <thead>
          <tr>
            <th className={TH}>Method</th>
            <th className={cx(TH, NUMBER)}>Corrected labels</th>
            <th className={cx(TH, NUMBER)}>Suggestions</th>
            <th className={cx(TH, NUMBER)}>Training time</th>
            <th className={TH}>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {candidates.map(({ method, chosen, note, ...figures }) => (
            <tr key={method}>
              <td className={cx(TD, "whitespace-nowrap")}>
                {METHOD_NAMES[method]} {chosen && <Badge look="good">Chosen</Badge>}
              </td>
              <td className={cx(TD, NUMBER)}>{formatShare(figures.corrected_accuracy)}</td>
              <td className={cx(TD, NUMBER)}>{formatShare(figures.suggestion_accuracy)}</td>
              <td className={cx(TD, NUMBER)}>{formatDuration(figures.seconds)}</td>
              <td className={cx(TD, "text-muted")}>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
