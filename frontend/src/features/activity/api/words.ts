/** Decisions in words. Pure. */
import type { TrailItem } from "@/lib/client/types";

type Said = Pick<TrailItem, "verdict" | "label" | "given_label">;

/** What was said about the label, as one reads it in a list. */
export function verdictWords({ verdict, label, given_label }: Said): string {
  switch (verdict) {
    case "correct":
      return `${given_label} is right`;
    case "wrong":
      return `${given_label} → ${label ?? "?"}`;
    case "wrong_unknown":
      return `${given_label} is wrong, class unknown`;
    case "unsure":
      return "unsure";
    case "unusable":
      return "unusable";
    case "withdrawn":
      return "took a decision back";
  }
}
