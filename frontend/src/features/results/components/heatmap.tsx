import { RankingLink } from "@/components/charts/ranking-link";
import { useRovingCells } from "@/components/charts/roving-cells";
import { cx } from "@/components/ui/cx";
import type { JobSummary } from "@/lib/client/types";
import { formatCount } from "@/lib/format";

import { classesToDraw, counter } from "../api/confusion";

const MAX_CLASSES = 24;

interface Props {
  jobId: string;
  summary: JobSummary;
}

/** Tint of a cell in percent; square-root scale keeps small counts visible. */
function tint(count: number, most: number): number {
  return count === 0 ? 0 : Math.round(10 + 38 * Math.sqrt(count / most));
}

/** Confusion matrix: given labels (rows) by suggestions (columns). Every cell links to its images. */
export function Heatmap({ jobId, summary }: Props) {
  const { classes } = summary;
  const drawn = classesToDraw(summary, MAX_CLASSES);
  const { onKeyDown, tabIndexOf, setAt } = useRovingCells(drawn.length, drawn.length);
  const at = counter(summary);
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
      {/* Arrow keys move the focus between its links. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <table onKeyDown={onKeyDown} className="w-full border-separate border-spacing-0.5 text-xs">
        <caption className="mb-2 text-left text-sm text-muted">
          Rows: given label. Columns: suggestion. Arrow keys move between cells.
          {drawn.length < summary.class_order.length &&
            ` Shows the ${drawn.length} most confused of ${summary.class_order.length} classes.`}
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
          {drawn.map((row, i) => (
            <tr key={row}>
              <th
                scope="row"
                className="max-w-32 truncate pr-2 text-right font-medium text-muted"
                title={classes[row]}
              >
                {classes[row]}
              </th>
              {drawn.map((column, j) => {
                const cell = { row: i, column: j };
                const count = at(row, column);
                const isKept = row === column;
                const strength = tint(count, isKept ? mostKept : mostMoved);
                const color = isKept ? "var(--good)" : "var(--bad)";
                return (
                  <td
                    key={column}
                    data-cell={`${i}-${j}`}
                    className="p-0"
                    onFocus={() => {
                      setAt(cell);
                    }}
                  >
                    <RankingLink
                      jobId={jobId}
                      search={{ given: classes[row], suggested: classes[column] }}
                      aria-label={`Given ${classes[row] ?? ""}, suggested ${classes[column] ?? ""}: ${formatCount(count)} images`}
                      tabIndex={tabIndexOf(cell)}
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
