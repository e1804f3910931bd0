import { useState } from "react";

import { countBelow, ScoreHistogram, ThresholdSlider } from "@/components/charts/score-histogram";
import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import type { ScoreHistogram as Histogram } from "@/lib/client/types";
import { formatCount, formatScore } from "@/lib/format";
import type { ReviewSearch } from "@/lib/review-search";

interface Props {
  histogram: Histogram;
  classes: readonly string[];
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
}

function ScoreFilter({ histogram, filters, onChange }: Omit<Props, "classes">) {
  const settled = filters.score_max ?? 1;
  const [draft, setDraft] = useState({ settled, value: settled });
  // While the handle moves only the line does; the list follows when it is let go.
  const threshold = draft.settled === settled ? draft.value : settled;
  const setThreshold = (value: number) => {
    setDraft({ settled, value });
  };

  const commit = (score: number) => {
    if (score === settled) return;
    const score_max = score >= 1 ? undefined : score;
    const isEmpty = (filters.score_min ?? 0) > score;
    onChange({ ...filters, score_max, ...(isEmpty && { score_min: undefined }) });
  };

  return (
    <div>
      <p className="mb-2 flex justify-between text-sm">
        <span className="font-medium">Score up to {formatScore(threshold)}</span>
        <span className="text-muted">≈ {formatCount(countBelow(histogram, threshold))}</span>
      </p>
      <ScoreHistogram
        histogram={histogram}
        height={72}
        threshold={threshold}
        wrapBar={({ high }, name, bar) => (
          // Pointer only: the slider below does the same for keyboards.
          <g
            aria-label={name}
            className="cursor-pointer"
            onClick={() => {
              setThreshold(high);
              commit(high);
            }}
          >
            {bar}
          </g>
        )}
      />
      <ThresholdSlider
        value={threshold}
        onChange={setThreshold}
        onCommit={() => {
          commit(threshold);
        }}
      />
      {filters.score_min !== undefined && filters.score_min > 0 && (
        <p className="text-xs text-muted">and from {formatScore(filters.score_min)}</p>
      )}
    </div>
  );
}

/** Narrows the ranking down; every filter stands in the address. */
export function FilterPanel({ histogram, classes, filters, onChange }: Props) {
  const options = [
    { value: "", label: "Any" },
    ...classes.map((label) => ({ value: label, label })),
  ];
  const { given, suggested, score_min, score_max } = filters;
  const isFiltered = [given, suggested, score_min, score_max].some((value) => value !== undefined);

  return (
    <div className="space-y-3">
      <ScoreFilter histogram={histogram} filters={filters} onChange={onChange} />
      <div className="grid grid-cols-2 gap-2">
        <SelectField
          label="Given as"
          value={given ?? ""}
          options={options}
          onChange={(value) => {
            onChange({ ...filters, given: value === "" ? undefined : value });
          }}
        />
        <SelectField
          label="Suggested as"
          value={suggested ?? ""}
          options={options}
          onChange={(value) => {
            onChange({ ...filters, suggested: value === "" ? undefined : value });
          }}
        />
      </div>
      {isFiltered && (
        <Button
          look="quiet"
          className="-ml-3"
          onClick={() => {
            onChange({});
          }}
        >
          Clear filters
        </Button>
      )}
    </div>
  );
}
