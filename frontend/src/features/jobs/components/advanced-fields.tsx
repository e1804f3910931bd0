import { useQuery } from "@tanstack/react-query";

import { SelectField, TextField } from "@/components/ui/field";

import {
  type JobForm,
  NETWORKS,
  NUMBER_FIELDS,
  toBackboneOptions,
  trainsNetwork,
} from "../api/job-form";
import { weightsQuery } from "../api/queries";

interface Props {
  form: JobForm;
  onChange: (form: JobForm) => void;
}

/** Optional settings, collapsed by default. */
export function AdvancedFields({ form, onChange }: Props) {
  const weights = useQuery(weightsQuery());
  return (
    <details className="rounded-md border border-line">
      <summary className="px-3 py-1.5 text-sm font-medium">Advanced settings</summary>
      <div className="grid grid-cols-2 gap-3 border-t border-line p-3">
        <TextField
          label="Job name"
          className="col-span-2"
          value={form.name}
          maxLength={200}
          onChange={(event) => {
            onChange({ ...form, name: event.target.value });
          }}
        />
        <SelectField
          label="Features"
          className="col-span-2"
          value={form.backbone}
          options={toBackboneOptions(weights.data ?? [])}
          onChange={(backbone) => {
            onChange({ ...form, backbone });
          }}
        />
        <SelectField
          label="Network"
          className="col-span-2"
          disabled={!trainsNetwork(form)}
          value={form.network}
          options={NETWORKS.map((value) => ({
            value,
            label: value === "auto" ? "Automatic" : value,
          }))}
          onChange={(value) => {
            const network = NETWORKS.find((known) => known === value) ?? "auto";
            onChange({ ...form, network });
          }}
        />
        <label className="col-span-2 flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={form.horizontalFlip}
            onChange={(event) => {
              onChange({ ...form, horizontalFlip: event.target.checked });
            }}
          />
          Random horizontal flips (for photographs, not digits or letters)
        </label>
        {NUMBER_FIELDS.map(({ name, label, step, min }) => (
          <TextField
            key={name}
            label={label}
            type="number"
            inputMode="decimal"
            step={step}
            min={min}
            placeholder="Automatic"
            value={form.numbers[name] ?? ""}
            onChange={(event) => {
              onChange({ ...form, numbers: { ...form.numbers, [name]: event.target.value } });
            }}
          />
        ))}
      </div>
    </details>
  );
}
