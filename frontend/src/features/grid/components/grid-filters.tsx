import { MetadataFilters } from "@/components/annotate/metadata-filters";
import { SavedViews } from "@/components/annotate/saved-views";
import { ClearFilters } from "@/components/ui/clear-filters";
import { SelectInput } from "@/components/ui/field";
import { formatCount, formatScore } from "@/lib/format";
import { filterOptions, type Option } from "@/lib/options";
import { readReviewSearch, type ReviewSearch } from "@/lib/review-search";
import { useScoreMax } from "@/lib/use-score-max";
import { VERDICT_NAMES } from "@/lib/verdicts";

interface Props {
  datasetId: string;
  classes: readonly string[];
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
  /** What is listed: lists of issues and areas of the map have fewer filters than the ranking. */
  of: "ranking" | "issues" | "area";
}

/** Review state and decision in one list: `reviewed=false`, `verdict=wrong`, ... */
const STATES: readonly Option[] = [
  { value: "", label: "Any decision" },
  { value: "reviewed=false", label: "Not reviewed" },
  { value: "reviewed=true", label: "Reviewed" },
  ...Object.entries(VERDICT_NAMES).map(([verdict, label]) => ({
    value: `verdict=${verdict}`,
    label,
  })),
];

/** The states that lists of issues can be filtered by. */
const REVIEW_STATES = STATES.slice(0, 3);

const CHANGES = filterOptions("Changed or not", {
  true: "Changed by the model",
  false: "Not changed by the model",
});

const FLAGS = filterOptions("Flagged or not", { true: "Flagged as wrong", false: "Not flagged" });

interface Select {
  label: string;
  value: string;
  options: readonly Option[];
  parse: (value: string) => Record<string, string | undefined>;
}

/** The selected entry of `STATES`. */
function stateOf({ verdict, reviewed }: ReviewSearch): string {
  if (verdict !== undefined) return `verdict=${verdict}`;
  return reviewed === undefined ? "" : `reviewed=${reviewed}`;
}

function parseState(state: string): Record<string, string> {
  const [name = "", value = ""] = state.split("=");
  return name === "" ? {} : { [name]: value };
}

function ScoreSlider({ filters, onChange }: Omit<Props, "datasetId" | "classes" | "of">) {
  const { value, setValue, commit } = useScoreMax(filters, onChange);
  const { score_min } = filters;
  const onCommit = () => {
    commit();
  };
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      <span className="whitespace-nowrap">
        Score {score_min !== undefined && `from ${formatScore(score_min)} `}up to{" "}
        {formatScore(value)}
      </span>
      <input
        type="range"
        className="h-6 w-28 accent-accent"
        min={0}
        max={1}
        step={0.01}
        value={value}
        onChange={(event) => {
          setValue(Number(event.target.value));
        }}
        onPointerUp={onCommit}
        onKeyUp={onCommit}
        onBlur={onCommit}
      />
    </label>
  );
}

/** Filters of the grid; all are part of the address. */
export function GridFilters({ datasetId, classes, filters, onChange, of }: Props) {
  const { kind, given, suggested, issue, changed_by_model, rank_max } = filters;
  const set = (changes: Record<string, unknown>) => {
    onChange(readReviewSearch({ ...filters, ...changes }));
  };
  const selects: Select[] = [
    {
      label: "Given label",
      value: given ?? "",
      options: filterOptions("Any given label", classes),
      parse: (value: string) => ({ given: value }),
    },
    {
      label: "Suggestion",
      value: suggested ?? "",
      options: filterOptions("Any suggestion", classes),
      parse: (value: string) => ({ suggested: value }),
    },
    {
      label: "Decision",
      value: stateOf(filters),
      options: of === "issues" ? REVIEW_STATES : STATES,
      parse: (value: string) => ({
        reviewed: undefined,
        verdict: undefined,
        ...parseState(value),
      }),
    },
  ];
  if (of === "ranking") {
    selects.push({
      label: "Flagged",
      value: issue === undefined ? "" : String(issue),
      options: FLAGS,
      parse: (value: string) => ({ issue: value }),
    });
    selects.push({
      label: "Changed by the model",
      value: changed_by_model === undefined ? "" : String(changed_by_model),
      options: CHANGES,
      parse: (value: string) => ({ changed_by_model: value }),
    });
  }
  return (
    <section aria-label="Filters" className="flex min-w-0 grow flex-wrap items-center gap-2">
      {selects.map(({ label, value, options, parse }) => (
        <SelectInput
          key={label}
          aria-label={label}
          className="w-auto! max-w-40 pr-6 text-sm!"
          value={value}
          options={options}
          onChange={(chosen) => {
            set(parse(chosen));
          }}
        />
      ))}
      {rank_max !== undefined && (
        <span className="text-sm text-muted">first {formatCount(rank_max)} ranks</span>
      )}
      {of === "ranking" && (
        <>
          <MetadataFilters datasetId={datasetId} filters={filters} onChange={onChange} canSort />
          <SavedViews datasetId={datasetId} page="grid" filters={filters} onChange={onChange} />
        </>
      )}
      {of !== "issues" && <ScoreSlider filters={filters} onChange={onChange} />}
      <ClearFilters
        filters={{ ...filters, kind: undefined }}
        onClear={() => {
          onChange({ kind });
        }}
      />
    </section>
  );
}
