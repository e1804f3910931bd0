import { type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { INPUT_CLASS } from "@/components/ui/field";
import { formatScore } from "@/lib/format";
import { readReviewSearch, type ReviewSearch, VERDICT_NAMES } from "@/lib/review-search";

interface Props {
  classes: readonly string[];
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <select
      aria-label={label}
      className={`${INPUT_CLASS} w-auto max-w-40 pr-6 text-sm`}
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

/** Reviewed or not, and how, in one list: `reviewed=false`, `verdict=wrong`, ... */
const STATES = [
  { value: "", label: "Reviewed or not" },
  { value: "reviewed=false", label: "Not reviewed yet" },
  { value: "reviewed=true", label: "Reviewed" },
  ...Object.entries(VERDICT_NAMES).map(([verdict, label]) => ({
    value: `verdict=${verdict}`,
    label,
  })),
];

const FLAGS = [
  { value: "", label: "Flagged or not" },
  { value: "true", label: "Flagged as wrong" },
  { value: "false", label: "Not flagged" },
];

function ScoreChoice({ filters, onChange }: Omit<Props, "classes">) {
  const settled = filters.score_max ?? 1;
  const [draft, setDraft] = useState({ settled, value: settled });
  // While the handle moves only the figure does; the list follows when it is let go.
  const value = draft.settled === settled ? draft.value : settled;
  const commit = () => {
    if (value === settled) return;
    const isEmpty = (filters.score_min ?? 0) > value;
    onChange({
      ...filters,
      score_max: value >= 1 ? undefined : value,
      ...(isEmpty && { score_min: undefined }),
    });
  };
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      <span className="whitespace-nowrap">
        Score {filters.score_min !== undefined && `from ${formatScore(filters.score_min)} `}up to{" "}
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
          setDraft({ settled, value: Number(event.target.value) });
        }}
        onPointerUp={commit}
        onKeyUp={commit}
        onBlur={commit}
      />
    </label>
  );
}

/** Narrows the grid down; every filter stands in the address. */
export function GridFilters({ classes, filters, onChange }: Props): ReactNode {
  const named = (any: string) => [
    { value: "", label: any },
    ...classes.map((label) => ({ value: label, label })),
  ];
  const { given, suggested, reviewed, verdict, issue } = filters;
  const state =
    verdict !== undefined
      ? `verdict=${verdict}`
      : reviewed !== undefined
        ? `reviewed=${reviewed}`
        : "";
  const set = (changes: Record<string, unknown>) => {
    onChange(readReviewSearch({ ...filters, ...changes }));
  };
  const isFiltered = Object.values(filters).some((value) => value !== undefined);

  return (
    <section aria-label="Filters" className="flex min-w-0 grow flex-wrap items-center gap-2">
      <Choice
        label="Given as"
        value={given ?? ""}
        options={named("Any given label")}
        onChange={(value) => {
          set({ given: value });
        }}
      />
      <Choice
        label="Suggested as"
        value={suggested ?? ""}
        options={named("Any suggestion")}
        onChange={(value) => {
          set({ suggested: value });
        }}
      />
      <Choice
        label="Show"
        value={state}
        options={STATES}
        onChange={(value) => {
          set({ reviewed: undefined, verdict: undefined, ...pair(value) });
        }}
      />
      <Choice
        label="Flagged"
        value={issue === undefined ? "" : String(issue)}
        options={FLAGS}
        onChange={(value) => {
          set({ issue: value });
        }}
      />
      <ScoreChoice filters={filters} onChange={onChange} />
      {isFiltered && (
        <Button
          look="quiet"
          onClick={() => {
            onChange({});
          }}
        >
          Clear filters
        </Button>
      )}
    </section>
  );
}

function pair(text: string): Record<string, string> {
  const [name = "", value = ""] = text.split("=");
  return name === "" ? {} : { [name]: value };
}
