import type { JobSummary } from "@/lib/client/types";

import { IntervalBar } from "./interval-bar";

/**
 * Accuracy on the hold-out: of the given labels, the suggestions and the corrected labels, and of the
 * predictions for verified images without a given label.
 */
export function AccuracyBars({ accuracies }: { accuracies: JobSummary["holdout"] }) {
  return (
    <dl className="space-y-3">
      <IntervalBar label="Given labels" interval={accuracies.given_accuracy} color="var(--muted)" />
      <IntervalBar
        label="Suggestions"
        interval={accuracies.suggestion_accuracy}
        color="var(--accent)"
      />
      <IntervalBar
        label="Corrected labels"
        interval={accuracies.corrected_accuracy}
        color="var(--good)"
      />
      {accuracies.separate_accuracy != null && (
        <IntervalBar
          label="Predictions without a given label"
          interval={accuracies.separate_accuracy}
          color="var(--accent)"
        />
      )}
    </dl>
  );
}
