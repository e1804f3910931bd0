import { Link } from "@tanstack/react-router";

import { ProgressBar } from "@/components/ui/progress-bar";
import { buttonClass } from "@/components/ui/button";
import type { VerifiedSet } from "@/lib/client/types";
import { formatCount } from "@/lib/format";

interface Props {
  datasetId: string;
  verifiedSet: VerifiedSet;
}

interface Goal {
  left: number;
  text: string;
}

/** Labels still to verify: first those a job requires, then those recommended. */
export function nextGoal({ ready, missing, recommended_missing }: VerifiedSet): Goal {
  if (!ready) return { left: missing, text: "more labels required for a job" };
  if (recommended_missing > 0) {
    return { left: recommended_missing, text: "more labels recommended for a job" };
  }
  return { left: 0, text: "Enough labels for a reliable job" };
}

/** Progress of the verified set towards a job, with a link to launch one. */
export function NextSteps({ datasetId, verifiedSet }: Props) {
  const { left, text } = nextGoal(verifiedSet);
  const { total, meta, holdout, ready } = verifiedSet;
  return (
    <section aria-label="Verified set" className="rounded-lg border border-line bg-surface p-3">
      <p role="status" className="text-sm">
        {left > 0 && <strong className="mr-1.5 text-xl">{formatCount(left)}</strong>}
        <span className={left > 0 ? "" : "text-good"}>{text}</span>
      </p>
      <div className="my-2">
        <ProgressBar
          label="Progress towards a job"
          share={total + left === 0 ? 0 : total / (total + left)}
        />
      </div>
      <p className="text-xs text-muted">
        {formatCount(total)} verified: {formatCount(meta)} in the meta set, {formatCount(holdout)}{" "}
        in the hold-out.
      </p>
      {ready && (
        <Link
          to="/datasets/$datasetId"
          params={{ datasetId }}
          className={buttonClass(
            left === 0 ? "primary" : "plain",
            "mt-2 w-full pointer-coarse:min-h-11",
          )}
        >
          Launch a job
        </Link>
      )}
    </section>
  );
}
