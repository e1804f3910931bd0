import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { Field, INPUT_CLASS, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { DatasetClass } from "@/lib/client/types";

import { type ClassForm, toCommand, toForm } from "../api/class-form";
import type { ClassCommand } from "../api/queries";

const DEFAULT_COLOUR = "#808080";

interface Props {
  /** Null: a new class. */
  edited: DatasetClass | null;
  error: Error | null;
  isBusy: boolean;
  onClose: () => void;
  onSave: (command: ClassCommand) => void;
}

interface FieldsProps {
  form: ClassForm;
  set: (changes: Partial<ClassForm>) => void;
}

function ColourField({ form, set }: FieldsProps) {
  return (
    <Field label="Colour" hint={form.colour === "" ? "None was chosen." : form.colour}>
      {(ids) => (
        <span className="flex gap-2">
          <input
            {...ids}
            type="color"
            className={cx(INPUT_CLASS, "w-14! p-1")}
            value={form.colour === "" ? DEFAULT_COLOUR : form.colour}
            onChange={(event) => {
              set({ colour: event.target.value });
            }}
          />
          <Button
            disabled={form.colour === ""}
            onClick={() => {
              set({ colour: "" });
            }}
          >
            None
          </Button>
        </span>
      )}
    </Field>
  );
}

function Fields({ form, set }: FieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        required
        maxLength={256}
        value={form.name}
        onChange={(event) => {
          set({ name: event.target.value });
        }}
      />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Key"
          maxLength={1}
          pattern="[A-Za-z0-9]"
          hint="A letter or digit that chooses it in the review."
          value={form.key}
          onChange={(event) => {
            set({ key: event.target.value.toLowerCase() });
          }}
        />
        <ColourField form={form} set={set} />
      </div>
      <TextField
        label="Description"
        maxLength={20_000}
        value={form.description}
        onChange={(event) => {
          set({ description: event.target.value });
        }}
      />
      <Field label="Guideline" hint="How to tell it from similar classes; shown in the review.">
        {(ids) => (
          <textarea
            {...ids}
            rows={3}
            maxLength={20_000}
            className={cx(INPUT_CLASS, "h-auto py-1.5")}
            value={form.guideline}
            onChange={(event) => {
              set({ guideline: event.target.value });
            }}
          />
        )}
      </Field>
    </>
  );
}

/** Adds a class, or changes one. */
export function ClassDialog({ edited, error, isBusy, onClose, onSave }: Props) {
  const [form, setForm] = useState(() => toForm(edited));
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onSave(toCommand(form, edited));
  };
  return (
    <Dialog
      title={edited === null ? "Add a class" : `Change “${edited.name}”`}
      open
      onOpenChange={onClose}
    >
      <form onSubmit={onSubmit} className="space-y-3">
        <Fields
          form={form}
          set={(changes) => {
            setForm({ ...form, ...changes });
          }}
        />
        {error !== null && <ProblemPanel error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={isBusy || form.name.trim() === ""}>
            {edited === null ? "Add class" : "Save class"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
