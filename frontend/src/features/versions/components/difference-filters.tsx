import { ClearFilters } from "@/components/ui/clear-filters";
import { SelectField } from "@/components/ui/field";
import type { ComparisonSummary } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import type { Option } from "@/lib/options";
import {
  DIFFERENCE_KINDS,
  type DifferenceFilters as Filters,
  readVersionSearch,
} from "@/lib/version-search";

interface Props {
  summary: ComparisonSummary;
  filters: Filters;
  onChange: (filters: Filters) => void;
}

function counted(counts: readonly [string, string, number][]): Option[] {
  const options = counts.map(([value, name, count]) => ({
    value,
    label: `${name} (${formatCount(count)})`,
  }));
  return [{ value: "", label: "Any" }, ...options];
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Filters of the differences, each with its number; all are part of the address. */
export function DifferenceFilters({ summary, filters, onChange }: Props) {
  const kinds = Object.entries(DIFFERENCE_KINDS)
    .filter(([kind]) => kind in summary.kinds)
    .map(([kind, name]): [string, string, number] => [kind, name, summary.kinds[kind] ?? 0]);
  const classes = Object.entries(summary.classes)
    .map(([name, counts]): [string, string, number] => [name, name, sum(counts)])
    .sort((one, other) => other[2] - one[2]);
  const reviewers = Object.entries(summary.reviewers)
    .filter(([name]) => name !== "")
    .map(([name, count]): [string, string, number] => [name, name, count]);
  const selects = [
    { name: "kind", label: "Change", options: counted(kinds) },
    { name: "label", label: "Class", options: counted(classes) },
    { name: "reviewer", label: "Decided by", options: counted(reviewers) },
  ] as const;
  return (
    <section aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
      {selects.map(({ name, label, options }) => (
        <SelectField
          key={name}
          label={label}
          className="w-56"
          value={filters[name] ?? ""}
          options={options}
          onChange={(value) => {
            const { kind, label: of, reviewer } = readVersionSearch({ ...filters, [name]: value });
            onChange({ kind, label: of, reviewer });
          }}
        />
      ))}
      <ClearFilters
        filters={filters}
        onClear={() => {
          onChange({});
        }}
      />
    </section>
  );
}
