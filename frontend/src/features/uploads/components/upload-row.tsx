import { Link } from "@tanstack/react-router";

import { Button, buttonClass } from "@/components/ui/button";
import { FileButton } from "@/components/ui/file-button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ProgressBar } from "@/components/ui/progress-bar";
import { formatBytes, formatDuration, formatPercent } from "@/lib/format";
import { ApiProblem } from "@/lib/problem";
import { canTryAgain, type UploadItem } from "@/lib/uploads/upload-item";
import type { UploadList } from "@/lib/uploads/upload-list";

interface Props {
  item: UploadItem;
  list: UploadList;
}

const STATES: Partial<Record<UploadItem["status"], string>> = {
  starting: "Starting …",
  waiting: "The connection is lost. The upload goes on as soon as it is back.",
  finishing: "Sent, waiting for the service …",
  complete: "Complete",
  failed: "Failed",
};

const CHOOSE: Record<UploadItem["source"], string> = {
  file: "Choose the file again",
  files: "Choose the images again",
  folder: "Choose the folder again",
};

function describe({ status, sent, size, rate }: UploadItem): string {
  const state = STATES[status];
  if (state !== undefined) return state;
  const share = `${formatPercent(sent / Math.max(1, size), 0)} of ${formatBytes(size)}`;
  if (status === "paused") return `Paused at ${share}`;
  if (status === "fileless") return `Stopped at ${share} when its page was closed`;
  if (rate === null || rate === 0) return share;
  return `${share} · ${formatBytes(rate)}/s · ${formatDuration((size - sent) / rate)} left`;
}

function RowButtons({ item: { key, status, datasetId, problem, source }, list }: Props) {
  if (status === "complete" || (status === "failed" && problem && !canTryAgain(problem))) {
    return (
      <>
        {datasetId !== null && (
          <Link to="/datasets/$datasetId" params={{ datasetId }} className={buttonClass()}>
            Open
          </Link>
        )}
        <Button
          onClick={() => {
            list.dismiss(key);
          }}
        >
          Dismiss
        </Button>
      </>
    );
  }
  return (
    <>
      {(status === "sending" || status === "waiting") && (
        <Button
          onClick={() => {
            list.pause(key);
          }}
        >
          Pause
        </Button>
      )}
      {(status === "paused" || status === "failed") && (
        <Button
          onClick={() => {
            list.resume(key);
          }}
        >
          {status === "paused" ? "Resume" : "Try again"}
        </Button>
      )}
      {status === "fileless" && (
        // A page cannot keep a file after its tab was closed.
        <FileButton
          label={CHOOSE[source]}
          source={source}
          look="primary"
          onChosen={(chosen) => {
            list.goOn(key, chosen);
          }}
        />
      )}
      {status !== "finishing" && <Button onClick={() => void list.stop(key)}>Stop upload</Button>}
    </>
  );
}

/** One upload: how far it is, and what can be done about it. */
export function UploadRow({ item, list }: Props) {
  const { target, fileName, sent, size, status, problem } = item;
  return (
    <li aria-label={fileName} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2">
      <div className="min-w-60 grow">
        <p className="truncate text-sm font-medium">
          {fileName}
          {target.datasetName !== null && (
            <span className="font-normal text-muted"> · {target.datasetName}</span>
          )}
        </p>
        {["sending", "waiting", "paused", "fileless"].includes(status) && (
          <ProgressBar label={`Upload of ${fileName}`} share={sent / Math.max(1, size)} />
        )}
        <p className="text-sm text-muted">{describe(item)}</p>
      </div>
      <div className="flex gap-2">
        <RowButtons item={item} list={list} />
      </div>
      {problem !== null && (
        <div className="w-full">
          <ProblemPanel error={new ApiProblem(problem)} />
        </div>
      )}
    </li>
  );
}
