/** Groups of duplicates and decisions on them. Pure. */
import { type Decision, decisionForLabel } from "@/lib/annotate/decision";
import { DIGITS } from "@/lib/annotate/keymap";
import type { DuplicateGroup } from "@/lib/client/types";
import type { Tile } from "@/lib/tile";

import { type BulkDecision, decisionOn } from "./grid-keys";
import { describedTile } from "./tile-list";

export interface Group {
  number: number;
  /** Members, also those beyond `tiles`. */
  size: number;
  isExact: boolean;
  /** Whether the labels disagreed when the job ran. */
  labelsDisagree: boolean;
  tiles: readonly Tile[];
  /** What most suggestions agree on. */
  suggested: string;
  /** Labels that a click assigns to all: given ones by frequency, then the suggestion. */
  choices: readonly string[];
}

/** Distinct values, the most frequent first. */
function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([value]) => value);
}

/** `seen`: of the page that holds the group. */
export function groupOf(group: DuplicateGroup, seen: string): Group {
  const tiles = group.members.map((member) =>
    describedTile(member, seen, member.score === 0 ? "same file" : member.score.toFixed(2)),
  );
  const suggested = byFrequency(tiles.map((tile) => tile.suggested))[0] ?? "";
  const given = byFrequency(tiles.map((tile) => tile.given));
  return {
    number: group.number,
    size: group.size,
    isExact: group.is_exact,
    labelsDisagree: group.labels_disagree,
    tiles,
    suggested,
    choices: given.includes(suggested) ? given : [...given, suggested],
  };
}

/** A decision on a group as it is stored for one member: the group's suggestion is the same for all. */
export function decisionInGroup(group: Group, tile: Tile, decision: BulkDecision): Decision {
  return decision.type === "suggestion"
    ? decisionForLabel(group.suggested, tile.given)
    : decisionOn(tile, decision);
}

/** The class that all usable members are settled as; null while they are not. */
export function settledClass(
  { tiles }: Group,
  decisionOf: (tile: Tile) => Decision | null,
): string | null {
  const classes = new Set<string | null>();
  for (const tile of tiles) {
    const decision = decisionOf(tile);
    if (decision?.verdict === "unusable") continue;
    classes.add(decision?.verdict === "correct" ? tile.given : (decision?.label ?? null));
  }
  const [only = null] = classes;
  return classes.size === 1 ? only : null;
}

/** Shortcut of a label: `S` for the suggestion, else the class's digit; empty without one. */
export function keyOf(label: string, suggested: string, classes: readonly string[]): string {
  return label === suggested ? "S" : (DIGITS[classes.indexOf(label)] ?? "");
}
