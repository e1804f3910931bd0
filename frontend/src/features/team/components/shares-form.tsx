import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useDeferredValue, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Field, INPUT_CLASS, SelectField, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatPlural } from "@/lib/format";
import { filterOptions, type Option } from "@/lib/options";
import { useReviewer } from "@/lib/reviewer";

import { sharePreviewQuery, useAssignShares } from "../api/shares";
import { EMPTY_FORM, type SharesForm as Form, toFilter, toShares } from "../api/shares-form";

interface Props {
  datasetId: string;
  classes: readonly string[];
  /** Jobs with results. */
  jobs: readonly Option[];
}

/** How many images the form's filter leaves to assign. */
function Matching({ datasetId, form }: { datasetId: string; form: Form }) {
  const filter = useDeferredValue(toFilter(form));
  const { data } = useQuery({
    ...sharePreviewQuery(datasetId, filter ?? {}),
    enabled: filter !== null,
  });
  return (
    <p role="status" className="text-sm text-muted">
      {filter !== null &&
        data !== undefined &&
        `${formatPlural(data, "undecided image")} without a share`}
    </p>
  );
}

/** Assigns undecided images to people: which ones, and to whom. */
export function SharesForm({ datasetId, classes, jobs }: Props) {
  const [reviewer] = useReviewer();
  const [form, setForm] = useState<Form>({ ...EMPTY_FORM, jobId: jobs[0]?.value ?? "" });
  const assign = useAssignShares(datasetId);
  const body = toShares(form, reviewer.trim());
  const set = (changes: Partial<Form>) => {
    setForm({ ...form, ...changes });
  };

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (body === null) return;
    assign.mutate(body, {
      onSuccess: () => {
        set({ people: "" });
      },
    });
  };

  return (
    <form onSubmit={onSubmit} className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <SelectField
          label="Images of"
          value={form.jobId}
          options={[...jobs, { value: "", label: "the dataset, in random order" }]}
          onChange={(jobId) => {
            set({ jobId });
          }}
        />
        <SelectField
          label="Given label"
          value={form.given}
          options={filterOptions("all classes", classes)}
          onChange={(given) => {
            set({ given });
          }}
        />
        <TextField
          label="Label score at most"
          type="number"
          min={0}
          max={1}
          step="any"
          disabled={form.jobId === ""}
          value={form.scoreMax}
          onChange={(event) => {
            set({ scoreMax: event.target.value });
          }}
        />
        <TextField
          label="Only the first"
          type="number"
          min={1}
          step={1}
          placeholder="all"
          value={form.maxSamples}
          onChange={(event) => {
            set({ maxSamples: event.target.value });
          }}
        />
      </div>
      <Field
        label="People"
        hint="One share a line. Names separated by commas work on one share together. A number after a colon makes a share larger: “Ann: 2”."
      >
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            className={cx(INPUT_CLASS, "h-auto py-1.5")}
            value={form.people}
            onChange={(event) => {
              set({ people: event.target.value });
            }}
          />
        )}
      </Field>
      {assign.error !== null && <ProblemPanel error={assign.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" look="primary" disabled={body === null || assign.isPending}>
          Assign
        </Button>
        <Matching datasetId={datasetId} form={form} />
      </div>
    </form>
  );
}
