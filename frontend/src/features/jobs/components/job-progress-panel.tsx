import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Button, buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ProgressBar } from "@/components/ui/progress-bar";
import { Stat } from "@/components/ui/stat";
import { StatusBadge } from "@/components/ui/work-progress";
import type { EpochReport, Job } from "@/lib/client/types";
import { formatCount, formatDuration } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";
import { isFinished, progressShare, secondsLeft } from "@/lib/work";

import { useCancelJob } from "../api/mutations";

const PHASES: Record<EpochReport["phase"], string> = {
  warm_up: "Warm-up",
  meta: "Learning soft labels",
  train: "Training",
};

interface Props {
  job: Job;
  latest: EpochReport | undefined;
  /** The way on after a failure or cancellation: a button that runs the job again. */
  action: ReactNode;
}

/** Before the first epoch: the features of all images are extracted. */
function Extraction({ job, rate }: { job: Job; rate: number }) {
  const left = secondsLeft(job);
  return (
    <>
      <ProgressBar label="Images whose features are extracted" share={progressShare(job)} />
      <dl className="mt-3 grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Stat label="Phase">Extracting features</Stat>
        <Stat label="Images">
          {formatCount(job.progress_done)} of {formatCount(job.progress_total ?? 0)}
        </Stat>
        <Stat label="Images per second">{formatCount(rate)}</Stat>
        <Stat label="Time left">{left === null ? "–" : formatDuration(left)}</Stat>
      </dl>
    </>
  );
}

function Training({ job, latest }: Omit<Props, "action">) {
  const share = latest === undefined ? null : latest.epoch / latest.epochs;
  const waiting = job.status === "queued" ? "Waiting for a worker" : "Preparing images";
  return (
    <>
      <ProgressBar label="Training progress" share={share} />
      <dl className="mt-3 grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Stat label="Phase">{latest === undefined ? waiting : PHASES[latest.phase]}</Stat>
        <Stat label="Epoch">
          {latest === undefined ? "–" : `${latest.epoch} of ${latest.epochs}`}
        </Stat>
        <Stat label="Seconds per epoch">
          {latest === undefined ? "–" : latest.seconds.toFixed(1)}
        </Stat>
        <Stat label="Time left">
          {latest === undefined ? "–" : formatDuration(latest.eta_seconds)}
        </Stat>
      </dl>
    </>
  );
}

function Running({ job, latest }: Omit<Props, "action">) {
  const rate = job.status === "running" ? job.progress_rate : null;
  return (
    <>
      {rate === null ? (
        <Training job={job} latest={latest} />
      ) : (
        <Extraction job={job} rate={rate} />
      )}
      {job.attempt > 1 && (
        <p className="mt-3 text-sm text-muted">
          A worker was lost. The job resumed where that worker had saved its work (attempt{" "}
          {job.attempt}).
        </p>
      )}
    </>
  );
}

/** Progress of a job with a cancel button, or its failure. */
export function JobProgressPanel({ job, latest, action }: Props) {
  const cancel = useCancelJob(job.id);
  const isOver = isFinished(job.status);
  const isCancelling = cancel.isPending || job.cancel_requested;

  return (
    <Panel
      title="Training"
      aside={
        <span className="flex items-center gap-3">
          <StatusBadge status={job.status} />
          {!isOver && (
            <Button
              look="danger"
              disabled={isCancelling}
              onClick={() => {
                cancel.mutate();
              }}
            >
              {isCancelling ? "Cancelling …" : "Cancel job"}
            </Button>
          )}
        </span>
      }
    >
      {!isOver && <Running job={job} latest={latest} />}
      {cancel.error !== null && <ProblemPanel error={cancel.error} />}
      {job.status === "cancelled" && <p className="text-muted">This job was cancelled.</p>}
      {job.error !== null && (
        <ProblemPanel error={new ApiProblem({ status: 0, errors: [], ...job.error })} />
      )}
      {isOver && (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          {action}
          <Link
            to="/datasets/$datasetId"
            params={{ datasetId: job.dataset_id }}
            className={buttonClass()}
          >
            Change the settings or the verified labels
          </Link>
        </div>
      )}
    </Panel>
  );
}
