import { ClearFilters } from "@/components/ui/clear-filters";
import { SelectField, TextField } from "@/components/ui/field";
import {
  type ActivitySearch,
  readActivitySearch,
  ROLES,
  SOURCES,
  TRAIL_VERDICTS,
} from "@/lib/activity-search";
import { filterOptions } from "@/lib/options";

interface Props {
  filters: ActivitySearch;
  onChange: (filters: ActivitySearch) => void;
}

const SELECTS = [
  { name: "verdict", label: "Decision", options: filterOptions("Any", TRAIL_VERDICTS) },
  { name: "role", label: "Role", options: filterOptions("Any", ROLES) },
  { name: "source", label: "Source", options: filterOptions("Any", SOURCES) },
] as const;

const TIMES = [
  { name: "since", label: "From" },
  { name: "until", label: "Before" },
] as const;

/** A time as the field shows it, in the browser's time zone. */
function toLocal(time: string | undefined): string {
  if (time === undefined) return "";
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Filters of the audit trail; all are part of the address. */
export function ActivityFilters({ filters, onChange }: Props) {
  const set = (changes: Record<string, string>) => {
    onChange(readActivitySearch({ ...filters, ...changes }));
  };
  return (
    <section aria-label="Filters" className="mb-4 flex flex-wrap items-end gap-3">
      <TextField
        label="Reviewer"
        className="w-44"
        value={filters.reviewer ?? ""}
        onChange={(event) => {
          set({ reviewer: event.target.value });
        }}
      />
      {SELECTS.map(({ name, label, options }) => (
        <SelectField
          key={name}
          label={label}
          className="w-44"
          value={filters[name] ?? ""}
          options={options}
          onChange={(value) => {
            set({ [name]: value });
          }}
        />
      ))}
      {TIMES.map(({ name, label }) => (
        <TextField
          key={name}
          label={label}
          type="datetime-local"
          className="w-52"
          value={toLocal(filters[name])}
          onChange={(event) => {
            set({ [name]: event.target.value });
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
