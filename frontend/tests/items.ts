import type { Item } from "@/lib/annotate/item";

/** An item with the given label 3 and the suggestion 8. */
export function makeItem(sampleId: string, fields: Partial<Item> = {}): Item {
  return {
    sampleId,
    fileName: `image-${sampleId}.png`,
    given: "3",
    suggested: "8",
    choices: ["8", "3", "5"],
    likely: [
      { label: "8", probability: 0.7 },
      { label: "3", probability: 0.2 },
      { label: "5", probability: 0.1 },
    ],
    jobId: null,
    seen: null,
    rank: 1,
    score: 0.01,
    isChanged: false,
    before: null,
    opinions: [],
    settled: null,
    ...fields,
  };
}
