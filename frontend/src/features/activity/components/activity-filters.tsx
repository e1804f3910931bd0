import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import {
  type ActivitySearch,
  readActivitySearch,
  ROLES,
  SOURCES,
  VERDICTS,
} from "@/lib/activity-search";

interface Props {
  filters: ActivitySearch;
  onChange: (filters: ActivitySearch) => void;
}

function named(any: string, values: readonly string[]) {
  return [
    { value: "", label: any },
    ...values.map((value) => ({ value, label: value.replaceAll("_", " ") })),
  ];
}

/** Narrows the trail down; every filter stands in the address. */
export function ActivityFilters({ filters, onChange }: Props) {
  const set = (changes: Record<string, string>) => {
    onChange(readActivitySearch({ ...filters, ...changes }));
  };
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
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
      <SelectField
        label="Decision"
        className="w-40"
        value={filters.verdict ?? ""}
        options={named("Any", VERDICTS)}
        onChange={(verdict) => {
          set({ verdict });
        }}
      />
      <SelectField
        label="Role"
        className="w-40"
        value={filters.role ?? ""}
        options={named("Any", ROLES)}
        onChange={(role) => {
          set({ role });
        }}
      />
      <SelectField
        label="Source"
        className="w-32"
        value={filters.source ?? ""}
        options={named("Any", SOURCES)}
        onChange={(source) => {
          set({ source });
        }}
      />
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
