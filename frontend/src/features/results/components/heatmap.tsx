import { RankingLink } from "@/components/charts/ranking-link";
import { cx } from "@/components/ui/cx";
import type { JobSummary } from "@/lib/client/types";
import { formatCount } from "@/lib/format";

import { classesToDraw } from "../api/confusion";

const MAX_CLASSES = 24;

interface Props {
  jobId: string;
  summary: JobSummary;
}

/** How strongly a cell is tinted, in percent: root scale, so that small counts are seen at all. */
function tint(count: number, most: number): number {
  return count === 0 ? 0 : Math.round(10 + 38 * Math.sqrt(count / most));
}

/** Given label (rows) by suggestion (columns); every cell leads to its images. */
export function Heatmap({ jobId, summary }: Props) {
  const { classes, confusion } = summary;
  const drawn = classesToDraw(summary, MAX_CLASSES);
  const at = (row: number, column: number) => confusion[row]?.[column] ?? 0;
  const most = (isDiagonal: boolean) =>
    Math.max(
      1,
      ...drawn.flatMap((row) =>
        drawn.filter((column) => (row === column) === isDiagonal).map((column) => at(row, column)),
      ),
    );
  const [mostKept, mostMoved] = [most(true), most(false)];

  return (
    <div className="overflow-x-auto">
      <table className="w-full border-separate border-spacing-0.5 text-xs">
        <caption className="mb-2 text-left text-sm text-muted">
          Rows: given label. Columns: suggestion.
          {drawn.length < classes.length &&
            ` The ${drawn.length} most confused of ${classes.length} classes.`}
        </caption>
        <thead>
          <tr>
            <td />
            {drawn.map((column) => (
              <th
                key={column}
                scope="col"
                className="h-px max-w-16 px-1 pb-1 align-bottom font-medium text-muted"
              >
                <span className="mx-auto block max-w-16 truncate" title={classes[column]}>
                  {classes[column]}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {drawn.map((row) => (
            <tr key={row}>
              <th
                scope="row"
                className="max-w-32 truncate pr-2 text-right font-medium text-muted"
                title={classes[row]}
              >
                {classes[row]}
              </th>
              {drawn.map((column) => {
                const count = at(row, column);
                const isKept = row === column;
                const strength = tint(count, isKept ? mostKept : mostMoved);
                const color = isKept ? "var(--good)" : "var(--bad)";
                return (
                  <td key={column} className="p-0">
                    <RankingLink
                      jobId={jobId}
                      search={{ given: classes[row], suggested: classes[column] }}
                      aria-label={`Given ${classes[row] ?? ""}, suggested ${classes[column] ?? ""}: ${formatCount(count)} images`}
                      tabIndex={count === 0 ? -1 : undefined}
                      className={cx(
                        "flex h-7 min-w-9 items-center justify-center rounded-sm hover:outline-2 hover:outline-ink",
                        count === 0 && "bg-raised text-transparent",
                      )}
                      style={
                        count === 0
                          ? undefined
                          : {
                              background: `color-mix(in oklab, ${color} ${strength}%, var(--surface))`,
                            }
                      }
                    >
                      {formatCount(count)}
                    </RankingLink>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
