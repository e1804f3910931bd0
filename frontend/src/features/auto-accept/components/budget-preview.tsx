import { RankingLink } from "@/components/charts/ranking-link";
import { cx } from "@/components/ui/cx";
import { SampleStrip } from "@/components/ui/sample-strip";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Stat } from "@/components/ui/stat";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { AutoAcceptPreview } from "@/lib/client/types";
import { formatCount, formatInterval, formatPercent, formatScore } from "@/lib/format";

interface Props {
  jobId: string;
  preview: AutoAcceptPreview;
}

function Pairs({ jobId, preview: { by_class } }: Props) {
  return (
    <ScrollBox label="Changes by class" className="max-h-96">
      <table className={TABLE}>
        <thead>
          <tr>
            <th className={TH}>Change</th>
            <th className={cx(TH, NUMBER)}>Images</th>
            <th className={cx(TH, NUMBER)}>Expected errors</th>
          </tr>
        </thead>
        <tbody>
          {by_class.map(({ given, suggested, count, expected_errors }) => (
            <tr key={`${given}\u0000${suggested}`}>
              <td className={TD}>
                <RankingLink
                  jobId={jobId}
                  search={{ given, suggested, issue: true }}
                  className={LINK}
                >
                  {given} → {suggested}
                </RankingLink>
              </td>
              <td className={cx(TD, NUMBER)}>{formatCount(count)}</td>
              <td className={cx(TD, NUMBER, "text-muted")}>{expected_errors.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Figures({ preview }: Pick<Props, "preview">) {
  const { num_samples, flagged, expected_error, observed_error, inflation } = preview;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3">
      <Stat label="Suggestions to accept" note={`of ${formatCount(flagged)} flagged`}>
        {formatCount(num_samples)}
      </Stat>
      <Stat
        label="Expected errors"
        note={inflation > 1 ? `raised by a factor of ${inflation.toFixed(2)}` : "as predicted"}
      >
        {expected_error === null ? "–" : formatPercent(expected_error)}
      </Stat>
      <Stat label="Errors on the hold-out">
        {observed_error === null ? "not measured" : formatInterval(observed_error)}
      </Stat>
    </dl>
  );
}

/** Effect of a budget: number of changes, changes by class, and the riskiest suggestions. */
export function BudgetPreview({ jobId, preview }: Props) {
  if (preview.num_samples === 0) {
    return (
      <p className="text-muted">
        {preview.flagged === 0
          ? "No flagged labels are left to correct."
          : "No suggestion is certain enough for this budget. Raise the budget or verify more labels."}
      </p>
    );
  }
  return (
    <div className="space-y-4">
      <Figures preview={preview} />
      <div className="grid gap-5 lg:grid-cols-2">
        <Pairs jobId={jobId} preview={preview} />
        <div>
          <h3 className="mb-2 text-sm font-semibold">Least certain suggestions</h3>
          <SampleStrip
            label="Riskiest suggestions"
            results={preview.riskiest}
            note={({ label_score }) => `score ${formatScore(label_score)}`}
          />
        </div>
      </div>
    </div>
  );
}
