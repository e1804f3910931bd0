import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Field, INPUT_CLASS, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Dataset, DatasetChange } from "@/lib/client/types";
import { toProblem } from "@/lib/problem";

import { useSaveSettings } from "../api/queries";
import {
  afterConflict,
  type Edit,
  MAX_HONEYPOT_PERCENT,
  MAX_OVERLAP,
  type SettingsForm,
  toChange,
  toForm,
} from "../api/settings-form";

/** Review settings of a dataset: guidelines, opinions per image, and test images. */
export function SettingsPanel({ dataset }: { dataset: Dataset }) {
  const [edited, setEdited] = useState<Edit | null>(null);
  const edit = edited ?? { form: toForm(dataset), seen: dataset };
  const { form } = edit;
  const change = toChange(edit);
  const save = useSaveSettings(dataset.id);
  const conflicts = save.error === null ? undefined : toProblem(save.error).settings;
  const set = (changes: Partial<SettingsForm>) => {
    setEdited({ ...edit, form: { ...form, ...changes } });
  };
  const submit = (body: DatasetChange | null) => {
    if (body === null) return;
    save.mutate(body, {
      onSuccess: () => {
        setEdited(null);
      },
    });
  };
  const settle = (keepsOwn: boolean) => {
    const next = afterConflict(edit, conflicts ?? [], keepsOwn);
    setEdited(next);
    if (keepsOwn) submit(toChange(next));
    else save.reset();
  };

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    submit(change);
  };

  return (
    <Panel title="Review settings">
      <form onSubmit={onSubmit} className="space-y-3">
        <Field label="Guidelines" hint="Plain text, shown next to every image.">
          {(ids) => (
            <textarea
              {...ids}
              rows={4}
              maxLength={20_000}
              className={cx(INPUT_CLASS, "h-auto py-1.5")}
              value={form.guidelines}
              onChange={(event) => {
                set({ guidelines: event.target.value });
              }}
            />
          )}
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="Opinions per image"
            type="number"
            min={1}
            max={MAX_OVERLAP}
            step={1}
            hint="With more than one, reviewers decide independently."
            value={form.overlap}
            onChange={(event) => {
              set({ overlap: event.target.value });
            }}
          />
          <TextField
            label="Test images (%)"
            type="number"
            min={0}
            max={MAX_HONEYPOT_PERCENT}
            step="any"
            hint="Verified images served to measure each reviewer’s accuracy."
            value={form.honeypotPercent}
            onChange={(event) => {
              set({ honeypotPercent: event.target.value });
            }}
          />
        </div>
        {save.error !== null && <ProblemPanel error={save.error} />}
        {conflicts !== undefined && (
          <div className="flex flex-wrap gap-3">
            <Button
              onClick={() => {
                settle(true);
              }}
            >
              Use mine
            </Button>
            <Button
              onClick={() => {
                settle(false);
              }}
            >
              Keep theirs
            </Button>
          </div>
        )}
        <div className="flex items-center gap-3">
          <Button
            type="submit"
            look="primary"
            disabled={edited === null || change === null || save.isPending}
          >
            {save.isPending ? "Saving …" : "Save"}
          </Button>
          <span role="status" className="text-sm text-muted">
            {save.isSuccess && edited === null && "Saved"}
          </span>
        </div>
      </form>
    </Panel>
  );
}
