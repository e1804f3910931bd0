/** Fields of the settings form and their conversion to a request. Pure. */
import type { Dataset, DatasetChange, ProblemSetting } from "@/lib/client/types";

export const MAX_OVERLAP = 10;
export const MAX_HONEYPOT_PERCENT = 50;

export interface SettingsForm {
  guidelines: string;
  overlap: string;
  honeypotPercent: string;
}

export function toForm({ guidelines, overlap, honeypot_rate }: Settings): SettingsForm {
  return {
    guidelines,
    overlap: String(overlap),
    honeypotPercent: String(Math.round(honeypot_rate * 1000) / 10),
  };
}

/** Field of the form -> setting of the dataset. */
const SETTINGS = {
  guidelines: "guidelines",
  overlap: "overlap",
  honeypotPercent: "honeypot_rate",
} as const;
const FIELDS = Object.keys(SETTINGS) as (keyof SettingsForm)[];

type Settings = Pick<Dataset, (typeof SETTINGS)[keyof SettingsForm]>;

/** Edited settings, and what the dataset's were when the editing began. */
export interface Edit {
  form: SettingsForm;
  seen: Settings;
}

/** The request: what was edited, with the values that the author saw; null while a field is invalid. */
export function toChange({ form, seen }: Edit): DatasetChange | null {
  const wanted = toSettings(form);
  if (wanted === null) return null;
  const before = toForm(seen);
  const edited = FIELDS.filter((field) => form[field] !== before[field]).map(
    (field) => SETTINGS[field],
  );
  const pick = (values: Settings) => Object.fromEntries(edited.map((name) => [name, values[name]]));
  return { ...pick(wanted), seen: pick(seen) };
}

/** The edit after its author has seen the values of others; keeps the author's own, or takes theirs. */
export function afterConflict(
  { form, seen }: Edit,
  conflicts: readonly ProblemSetting[],
  keepsOwn: boolean,
): Edit {
  const theirs = Object.fromEntries(conflicts.map((one) => [one.name, one.theirs]));
  const now: Settings = { ...seen, ...theirs };
  if (keepsOwn) return { form, seen: now };
  const fresh = toForm(now);
  const taken = FIELDS.filter((field) => SETTINGS[field] in theirs);
  return { form: { ...form, ...Object.fromEntries(taken.map((f) => [f, fresh[f]])) }, seen: now };
}

/** The settings; null while a field is invalid. */
export function toSettings(form: SettingsForm): Settings | null {
  const overlap = Number(form.overlap);
  const percent = Number(form.honeypotPercent);
  const isUsable =
    form.overlap.trim() !== "" &&
    form.honeypotPercent.trim() !== "" &&
    Number.isInteger(overlap) &&
    overlap >= 1 &&
    overlap <= MAX_OVERLAP &&
    percent >= 0 &&
    percent <= MAX_HONEYPOT_PERCENT;
  return isUsable ? { guidelines: form.guidelines, overlap, honeypot_rate: percent / 100 } : null;
}
