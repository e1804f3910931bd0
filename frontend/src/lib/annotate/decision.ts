/** A reviewer's decision on a sample. Pure. */
import type { VerificationCreate, Verdict } from "@/lib/client/types";

export interface Decision {
  verdict: Verdict;
  /** The assigned class; null for every verdict but `wrong`. */
  label: string | null;
}

/** The decision that assigns `label`: `correct` if it is the given label. */
export function decisionForLabel(label: string, given: string): Decision {
  return label === given ? { verdict: "correct", label: null } : { verdict: "wrong", label };
}

/** A decision without the label it is about: `correct` says so, `wrong` names the right class. */
export function describeVerdict({ verdict, label }: Decision): string {
  switch (verdict) {
    case "correct":
      return "given label is correct";
    case "wrong":
      return label ?? "?";
    case "wrong_unknown":
      return "wrong, class unknown";
    default:
      return verdict;
  }
}

interface AnyDecision {
  verdict: VerificationCreate["verdict"];
  label?: string | null;
}

/** `3 → 8`: a decision on a sample with the label `given`. */
export function describeDecision({ verdict, label }: AnyDecision, given: string): string {
  switch (verdict) {
    case "correct":
      return `${given} is correct`;
    case "wrong":
      return `${given} → ${label ?? "?"}`;
    case "wrong_unknown":
      return `${given} is wrong, class unknown`;
    case "unsure":
    case "unusable":
      return verdict;
    case "withdrawn":
      return "undone";
  }
}
