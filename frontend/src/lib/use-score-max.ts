import { useState } from "react";

import { type ReviewSearch, withScoreMax } from "./review-search";

/** Draft of the upper score limit: follows the slider at once, changes the filters when the slider is released. */
export function useScoreMax(filters: ReviewSearch, onChange: (filters: ReviewSearch) => void) {
  const applied = filters.score_max ?? 1;
  const [draft, setDraft] = useState({ applied, value: applied });
  // A draft belongs to the filters it was started from.
  const value = draft.applied === applied ? draft.value : applied;
  const setValue = (next: number) => {
    setDraft({ applied, value: next });
  };
  const commit = (score = value) => {
    if (score !== applied) onChange(withScoreMax(filters, score));
  };
  return { value, setValue, commit };
}
