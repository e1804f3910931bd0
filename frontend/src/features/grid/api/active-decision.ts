import type { Decision } from "@/lib/annotate/decision";
import type { Tile } from "@/lib/tile";

/** Active decision on a tile: this browser's latest, or the service's. */
export function activeDecision(
  { sampleId, verdict, settled }: Tile,
  decisions: ReadonlyMap<string, Decision | null>,
): Decision | null {
  const own = decisions.get(sampleId);
  if (own !== undefined) return own;
  return verdict === null ? null : { verdict, label: settled };
}
