/** Fields of the settings form and their conversion to a request. Pure. */
import type { Dataset, DatasetChange } from "@/lib/client/types";

export const MAX_OVERLAP = 10;
export const MAX_HONEYPOT_PERCENT = 50;

export interface SettingsForm {
  guidelines: string;
  overlap: string;
  honeypotPercent: string;
}

export function toForm({ guidelines, overlap, honeypot_rate }: Dataset): SettingsForm {
  return {
    guidelines,
    overlap: String(overlap),
    honeypotPercent: String(Math.round(honeypot_rate * 1000) / 10),
  };
}

/** The request; null while a field is invalid. */
export function toSettings(form: SettingsForm): DatasetChange | null {
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
