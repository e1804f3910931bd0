/** Names of the verdicts. */
import type { Verdict } from "@/lib/client/types";

export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  correct: "Given label correct",
  wrong: "Wrong, corrected",
  wrong_unknown: "Wrong, class unknown",
  unsure: "Unsure",
  unusable: "Unusable",
};

export const VERDICTS = Object.keys(VERDICT_NAMES) as Verdict[];
