/** Fields of the form for a class, and their conversion to a command. Pure. */
import type { DatasetClass } from "@/lib/client/types";

import type { ClassCommand } from "./queries";

export interface ClassForm {
  name: string;
  colour: string;
  key: string;
  description: string;
  guideline: string;
}

const FIELDS = ["name", "colour", "key", "description", "guideline"] as const;

export function toForm(edited: DatasetClass | null): ClassForm {
  return {
    name: edited?.name ?? "",
    colour: edited?.colour ?? "",
    key: edited?.key ?? "",
    description: edited?.description ?? "",
    guideline: edited?.guideline ?? "",
  };
}

/** The command that saves the form: of an edited class, only what was changed. */
export function toCommand(form: ClassForm, edited: DatasetClass | null): ClassCommand {
  const values = { ...form, name: form.name.trim() };
  const cleared = Object.fromEntries(
    FIELDS.map((field) => [field, values[field] === "" ? null : values[field]]),
  );
  if (edited === null) return { type: "add", body: { ...cleared, name: values.name } };
  const before = toForm(edited);
  const changed = FIELDS.filter((field) => values[field] !== before[field]);
  return {
    type: "change",
    index: edited.index,
    body: Object.fromEntries(changed.map((field) => [field, cleared[field]])),
  };
}
