/** The address of the map. Pure. */

/** What the colours of the points mean. */
export const COLOURINGS = ["given", "suggested", "score", "verdict"] as const;
export type Colouring = (typeof COLOURINGS)[number];

export interface MapSearch {
  colour?: Colouring;
}

export function readMapSearch(search: Record<string, unknown>): MapSearch {
  return { colour: COLOURINGS.find((known) => known === search.colour) };
}
