import { RankingLink } from "@/components/charts/ranking-link";
import { cx } from "@/components/ui/cx";
import { FirstRows } from "@/components/ui/first-rows";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { ClassFigures } from "@/lib/client/types";
import { formatPercent, formatPlural } from "@/lib/format";
import type { ReviewSearch } from "@/lib/review-search";

import { balance, type ClassShare, type Count, COUNTS } from "../api/balance";

const COLORS: Readonly<Record<Count, string>> = {
  given: "var(--line-strong)",
  suggested: "var(--accent)",
  settled: "var(--good)",
};

/** Filters for the images of a bar. */
function searchFor(count: Count, label: string): ReviewSearch {
  switch (count) {
    case "given":
      return { given: label };
    case "suggested":
      return { suggested: label };
    case "settled":
      return { suggested: label, reviewed: true };
  }
}

interface Props {
  jobId: string;
  figures: readonly ClassFigures[];
  settled: Readonly<Record<string, number>>;
}

function ClassBars({ jobId, item, most }: { jobId: string; item: ClassShare; most: number }) {
  const { label, counts, shares } = item;
  return (
    <tr>
      <th
        scope="row"
        className={cx(TD, "max-w-32 truncate py-0 text-left align-middle font-normal")}
        title={label}
      >
        {label}
      </th>
      {COUNTS.map((count) => (
        <td key={count} className={cx(TD, "w-1/4 py-0 align-middle")}>
          <RankingLink
            jobId={jobId}
            search={searchFor(count, label)}
            aria-label={`${label}, ${count}: ${formatPlural(counts[count], "image")}, ${formatPercent(shares[count])}`}
            className="flex h-7 items-center gap-1.5 hover:underline"
          >
            <span
              aria-hidden="true"
              className="block h-2.5 rounded-r-sm"
              style={{
                width: `max(2px, ${(shares[count] / most) * 60}%)`,
                background: COLORS[count],
              }}
            />
            <span className="text-xs text-muted">{formatPercent(shares[count])}</span>
          </RankingLink>
        </td>
      ))}
    </tr>
  );
}

/** Share of each class in the given labels, the suggestions and the settled labels. */
export function ClassBalance({ jobId, figures, settled }: Props) {
  const items = balance(figures, settled);
  const most = Math.max(
    Number.MIN_VALUE,
    ...items.flatMap(({ shares }) => COUNTS.map((count) => shares[count])),
  );
  return (
    <ScrollBox label="Share by class" className="max-h-112">
      <FirstRows rows={items}>
        {(shown) => (
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Class</th>
                <th className={TH}>Given labels</th>
                <th className={TH}>Suggestions</th>
                <th className={TH}>Settled labels</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item) => (
                <ClassBars key={item.label} jobId={jobId} item={item} most={most} />
              ))}
            </tbody>
          </table>
        )}
      </FirstRows>
    </ScrollBox>
  );
}
