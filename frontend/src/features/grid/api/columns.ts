/** A job's ranking in columns: 100,000 rows in a few arrays. Pure. */
import type { ResultColumns } from "@/lib/client/types";
import type { Tile } from "@/lib/tile";

/** Rows per request. Every page but the last is full, so a division finds a row's page. */
export const PAGE_ROWS = 20_000;

/** One page of a list in columns. Lists of issues have the same columns as the ranking, and the score of the issue. */
export type ColumnPage = Omit<ResultColumns, "changed_by_model"> &
  Partial<Pick<ResultColumns, "changed_by_model">> & { scores?: readonly number[] };

/** The row at a position of the list; null while its page is loading. */
export function tileAt(
  pages: readonly ColumnPage[],
  classes: readonly string[],
  index: number,
): Tile | null {
  const page = pages[Math.floor(index / PAGE_ROWS)];
  const row = index % PAGE_ROWS;
  const sampleId = page?.sample_ids[row];
  if (page === undefined || sampleId === undefined) return null;
  const name = (at: number | null | undefined) => (at == null ? null : (classes[at] ?? null));
  const verdict = page.verdicts[row] ?? null;
  const score = page.scores?.[row];
  return {
    sampleId,
    rank: page.ranks[row] ?? 0,
    given: name(page.given[row]) ?? "",
    suggested: name(page.suggested[row]) ?? "",
    score: page.label_scores[row] ?? 0,
    verdict: verdict === "withdrawn" ? null : verdict,
    settled: name(page.settled[row]),
    isChanged: page.changed_by_model?.[row] ?? false,
    seen: page.seen,
    ...(score !== undefined && { note: score.toFixed(2) }),
  };
}

/** Number of loaded rows. */
export function countLoaded(pages: readonly ColumnPage[]): number {
  return pages.reduce((sum, { sample_ids }) => sum + sample_ids.length, 0);
}
