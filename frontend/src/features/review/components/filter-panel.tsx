import { MetadataFilters } from "@/components/annotate/metadata-filters";
import { SavedViews } from "@/components/annotate/saved-views";
import { countBelow, ScoreHistogram, ThresholdSlider } from "@/components/charts/score-histogram";
import { ClearFilters } from "@/components/ui/clear-filters";
import { SelectField } from "@/components/ui/field";
import type { ScoreHistogram as Histogram } from "@/lib/client/types";
import { formatCount, formatScore } from "@/lib/format";
import { filterOptions } from "@/lib/options";
import type { ReviewSearch } from "@/lib/review-search";
import { readFlag } from "@/lib/search-values";
import { useScoreMax } from "@/lib/use-score-max";

interface Props {
  datasetId: string;
  histogram: Histogram;
  classes: readonly string[];
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
}

function ScoreFilter({ histogram, filters, onChange }: Omit<Props, "classes" | "datasetId">) {
  const { value, setValue, commit } = useScoreMax(filters, onChange);
  return (
    <div>
      <p className="mb-2 flex justify-between text-sm">
        <span className="font-medium">Score up to {formatScore(value)}</span>
        <span className="text-muted">≈ {formatCount(countBelow(histogram, value))}</span>
      </p>
      <ScoreHistogram
        histogram={histogram}
        height={72}
        threshold={value}
        wrapBar={({ high }, name, bar) => (
          // Pointer only: keyboard users have the slider below.
          <g
            aria-label={name}
            className="cursor-pointer"
            onClick={() => {
              setValue(high);
              commit(high);
            }}
          >
            {bar}
          </g>
        )}
      />
      <ThresholdSlider
        value={value}
        onChange={setValue}
        onCommit={() => {
          commit();
        }}
      />
      {filters.score_min !== undefined && filters.score_min > 0 && (
        <p className="text-xs text-muted">and from {formatScore(filters.score_min)}</p>
      )}
    </div>
  );
}

const CHANGES = filterOptions("Any", { true: "Changed", false: "Not changed" });

/** Filters of the review queue; all are part of the address. */
export function FilterPanel({ datasetId, histogram, classes, filters, onChange }: Props) {
  const options = filterOptions("Any", classes);
  const { given, suggested, score_min, score_max, rank_max, changed_by_model } = filters;
  const { metadata, tag } = filters;

  return (
    <div className="space-y-3">
      <ScoreFilter histogram={histogram} filters={filters} onChange={onChange} />
      {rank_max !== undefined && (
        <p className="text-sm">The {formatCount(rank_max)} most suspicious images</p>
      )}
      <div className="grid grid-cols-2 gap-2">
        <SelectField
          label="Given label"
          value={given ?? ""}
          options={options}
          onChange={(value) => {
            onChange({ ...filters, given: value === "" ? undefined : value });
          }}
        />
        <SelectField
          label="Suggestion"
          value={suggested ?? ""}
          options={options}
          onChange={(value) => {
            onChange({ ...filters, suggested: value === "" ? undefined : value });
          }}
        />
      </div>
      <SelectField
        label="Changed by the model"
        value={changed_by_model === undefined ? "" : String(changed_by_model)}
        options={CHANGES}
        onChange={(value) => {
          onChange({ ...filters, changed_by_model: readFlag(value) });
        }}
      />
      <div className="flex flex-wrap items-center gap-1">
        <MetadataFilters datasetId={datasetId} filters={filters} onChange={onChange} />
        <SavedViews datasetId={datasetId} page="review" filters={filters} onChange={onChange} />
      </div>
      <ClearFilters
        filters={{
          ...{ given, suggested, score_min, score_max, rank_max, changed_by_model },
          ...{ metadata, tag },
        }}
        className="-ml-3"
        onClear={() => {
          onChange({});
        }}
      />
    </div>
  );
}
