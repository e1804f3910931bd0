/** A job's ranking in columns: 100,000 rows in a few arrays. Pure. */
import type { ResultColumns, Verdict } from "@/lib/client/types";

/** Rows per request. Every page but the last is full, so a division finds a row's page. */
export const PAGE_ROWS = 20_000;

export interface Tile {
  sampleId: string;
  rank: number;
  given: string;
  suggested: string;
  score: number;
  verdict: Verdict | null;
  settled: string | null;
  /** Whether the label is an accepted suggestion that no person decided on. */
  isChanged: boolean;
  /** What the page has seen of the sample's decisions. */
  seen: string;
}

/** The row at a position of the list; null while its page is loading. */
export function tileAt(
  pages: readonly ResultColumns[],
  classes: readonly string[],
  index: number,
): Tile | null {
  const page = pages[Math.floor(index / PAGE_ROWS)];
  const row = index % PAGE_ROWS;
  const sampleId = page?.sample_ids[row];
  if (page === undefined || sampleId === undefined) return null;
  const name = (at: number | null | undefined) => (at == null ? null : (classes[at] ?? null));
  const verdict = page.verdicts[row] ?? null;
  return {
    sampleId,
    rank: page.ranks[row] ?? 0,
    given: name(page.given[row]) ?? "",
    suggested: name(page.suggested[row]) ?? "",
    score: page.label_scores[row] ?? 0,
    verdict: verdict === "withdrawn" ? null : verdict,
    settled: name(page.settled[row]),
    isChanged: page.changed_by_model[row] ?? false,
    seen: page.seen,
  };
}

/** Number of loaded rows. */
export function countLoaded(pages: readonly ResultColumns[]): number {
  return pages.reduce((sum, { sample_ids }) => sum + sample_ids.length, 0);
}
