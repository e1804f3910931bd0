/** The comparison that the address of the versions page names, and its filters. Pure. */
import type { DifferenceKind } from "@/lib/client/types";
import { readText } from "@/lib/search-values";

export const DIFFERENCE_KINDS: Readonly<Record<DifferenceKind, string>> = {
  added: "Image added",
  removed: "Image removed",
  content: "Other content",
  given_label: "Given label changed",
  decision: "Decided",
  suggestion: "Suggestion accepted or not",
};

export interface VersionSearch {
  /** The earlier version of the comparison that is shown. */
  before?: string;
  /** The later one; none: the present state. */
  after?: string;
  kind?: DifferenceKind;
  label?: string;
  reviewer?: string;
}

export type DifferenceFilters = Pick<VersionSearch, "kind" | "label" | "reviewer">;

export function readVersionSearch(search: Record<string, unknown>): VersionSearch {
  const kinds = Object.keys(DIFFERENCE_KINDS) as DifferenceKind[];
  return {
    before: readText(search.before),
    after: readText(search.after),
    kind: kinds.find((kind) => kind === search.kind),
    label: readText(search.label),
    reviewer: readText(search.reviewer),
  };
}
