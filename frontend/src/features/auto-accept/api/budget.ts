/** Parsing and describing what is accepted without review. Pure. */
import type { AcceptanceKind, AutoAcceptState } from "@/lib/client/types";
import { formatPercent } from "@/lib/format";

export const DEFAULT_PERCENT = 2;
export const MAX_PERCENT = 50;

/** A typed percentage as a share; null if it is not a valid budget. */
export function readBudget(percent: string): number | null {
  const value = Number(percent);
  // Rounded to 0.1 %, so that floating-point noise requests no new preview.
  return percent.trim() !== "" && value > 0 && value <= MAX_PERCENT
    ? Math.round(value * 10) / 1000
    : null;
}

interface Policy {
  kind: AcceptanceKind;
  max_error: number | null;
}

/** A policy in a few words. */
export function policyName({ kind, max_error }: Policy): string {
  switch (kind) {
    case "none":
      return "no suggestion";
    case "sign_test":
      return "all or none, as the sign test of each job says";
    case "budget":
      return `suggestions within an error budget of ${formatPercent(max_error ?? 0)}`;
  }
}

/** What decides about this job, in a sentence. */
export function policySentence(state: AutoAcceptState): string {
  const { policy, follows_policy, source, max_error } = state;
  if (policy === null) {
    const verdict = source === "run" ? "passes" : "does not pass";
    return `Nobody has chosen yet. The sign test of this job decides; it ${verdict}.`;
  }
  if (follows_policy) return `Accepted: ${policyName(policy)}.`;
  const kinds: Record<AutoAcceptState["source"], AcceptanceKind> = {
    none: "none",
    run: "sign_test",
    budget: "budget",
  };
  const own = policyName({ kind: kinds[source], max_error });
  return `This job keeps what it accepted earlier: ${own}. Newer jobs: ${policyName(policy)}.`;
}

/** Whether a choice differs from what holds for this job. */
export function isNew(state: AutoAcceptState, wanted: Policy): boolean {
  const { policy, follows_policy } = state;
  if (policy === null || !follows_policy) return true;
  return policy.kind !== wanted.kind || policy.max_error !== wanted.max_error;
}
