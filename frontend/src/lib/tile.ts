import type { Verdict } from "@/lib/client/types";

/** One sample in a grid or on the map. */
export interface Tile {
  sampleId: string;
  /** Position in the job's ranking; null where the list has another order. */
  rank: number | null;
  given: string;
  suggested: string;
  score: number;
  verdict: Verdict | null;
  settled: string | null;
  /** Whether the label is an accepted suggestion that no person decided on. */
  isChanged?: boolean;
  /** The dataset's newest verification when the page was read: a decision does not replace newer ones. */
  seen: string;
  /** Shown instead of the label score: what the list is sorted by. */
  note?: string;
}
