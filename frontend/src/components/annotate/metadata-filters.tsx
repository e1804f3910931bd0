import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { INPUT_CLASS, SelectInput } from "@/components/ui/field";
import { columnsQuery, tagsQuery } from "@/lib/arrangement";
import { filterOptions, type Option } from "@/lib/options";
import type { ReviewSearch } from "@/lib/review-search";

const OPERATORS: readonly Option[] = [
  { value: "eq", label: "is" },
  { value: "ne", label: "is not" },
  { value: "contains", label: "contains" },
  { value: "ge", label: "at least" },
  { value: "le", label: "at most" },
  { value: "empty", label: "is empty" },
  { value: "filled", label: "has a value" },
];

const SELECT = "w-auto! max-w-40 pr-6 text-sm!";

interface Props {
  datasetId: string;
  filters: ReviewSearch;
  onChange: (filters: ReviewSearch) => void;
  /** Whether the list can be put in the order of a column. */
  canSort?: boolean;
}

function without(list: readonly string[] | undefined, item: string): string[] | undefined {
  const left = (list ?? []).filter((other) => other !== item);
  return left.length === 0 ? undefined : left;
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="flex items-center gap-1 rounded bg-raised px-1.5 text-sm break-all">
      {text}
      <button
        type="button"
        aria-label={`Remove the filter ${text}`}
        className="text-muted hover:text-ink"
        onClick={onRemove}
      >
        ×
      </button>
    </span>
  );
}

function AddCondition({ names, onAdd }: { names: string[]; onAdd: (condition: string) => void }) {
  const [column, setColumn] = useState(names[0] ?? "");
  const [operator, setOperator] = useState("eq");
  const [value, setValue] = useState("");
  const needsValue = operator !== "empty" && operator !== "filled";
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onAdd(`${column}:${operator}:${needsValue ? value : ""}`);
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-wrap items-center gap-1">
      <SelectInput
        aria-label="Column"
        className={SELECT}
        value={column}
        options={names.map((name) => ({ value: name, label: name }))}
        onChange={setColumn}
      />
      <SelectInput
        aria-label="Comparison"
        className={SELECT}
        value={operator}
        options={OPERATORS}
        onChange={setOperator}
      />
      {needsValue && (
        <input
          aria-label="Value"
          className={`${INPUT_CLASS} w-28! text-sm!`}
          value={value}
          onChange={(event) => {
            setValue(event.target.value);
          }}
        />
      )}
      <Button type="submit">Filter</Button>
    </form>
  );
}

/** Filters by metadata and tags, and the order of the list; nothing if the dataset has neither. */
export function MetadataFilters({ datasetId, filters, onChange, canSort = false }: Props) {
  const { data: columns = [] } = useQuery(columnsQuery(datasetId));
  const { data: tags } = useQuery(tagsQuery(datasetId));
  const names = columns.map(({ name }) => name);
  const { metadata, tag, sort, descending } = filters;
  const unused = (tags?.items ?? []).filter((item) => tag?.includes(item.tag) !== true);
  return (
    <>
      {names.length > 0 && (
        <AddCondition
          key={names.join("\u0000")}
          names={names}
          onAdd={(condition) => {
            onChange({
              ...filters,
              metadata: [...(without(metadata, condition) ?? []), condition],
            });
          }}
        />
      )}
      {unused.length > 0 && (
        <SelectInput
          aria-label="Tag"
          className={SELECT}
          value=""
          options={filterOptions(
            "Any tag",
            unused.map((item) => item.tag),
          )}
          onChange={(chosen) => {
            onChange({ ...filters, tag: [...(tag ?? []), chosen] });
          }}
        />
      )}
      {canSort && names.length > 0 && (
        <SelectInput
          aria-label="Order"
          className={SELECT}
          value={sort ?? ""}
          options={filterOptions("By rank", names)}
          onChange={(chosen) => {
            onChange({
              ...filters,
              sort: chosen === "" ? undefined : chosen,
              descending: undefined,
            });
          }}
        />
      )}
      {canSort && sort !== undefined && (
        <Button
          look="quiet"
          onClick={() => {
            onChange({ ...filters, descending: descending === true ? undefined : true });
          }}
        >
          {descending === true ? "Largest first" : "Smallest first"}
        </Button>
      )}
      {metadata?.map((condition) => (
        <Chip
          key={condition}
          text={condition}
          onRemove={() => {
            onChange({ ...filters, metadata: without(metadata, condition) });
          }}
        />
      ))}
      {tag?.map((name) => (
        <Chip
          key={name}
          text={`tag ${name}`}
          onRemove={() => {
            onChange({ ...filters, tag: without(tag, name) });
          }}
        />
      ))}
    </>
  );
}
