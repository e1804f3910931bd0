import { useState } from "react";

import type { Item } from "./item";

/** Every item of the page across all its lists, in its first version. */
export function useSeen(items: readonly Item[]): readonly Item[] {
  const [seen, setSeen] = useState({ items, all: items });
  if (seen.items === items) return seen.all;
  const known = new Set(seen.all.map(({ sampleId }) => sampleId));
  const all = [...seen.all, ...items.filter(({ sampleId }) => !known.has(sampleId))];
  setSeen({ items, all });
  return all;
}
