import { ConflictsNotice } from "@/components/annotate/conflicts-notice";
import { SaveState } from "@/components/annotate/save-state";
import type { QueueState } from "@/lib/annotate/decision-queue";

import type { BatchQueue } from "../api/batch-queue";

interface Props {
  datasetId: string;
  queue: BatchQueue;
  state: QueueState;
}

/** Whether decisions are saved, and those on which somebody decided otherwise meanwhile. */
export function QueueStatus({ datasetId, queue, state }: Props) {
  return (
    <>
      <SaveState state={state} onRetry={queue.retryNow} onDismiss={queue.dismissRefused} />
      <ConflictsNotice
        datasetId={datasetId}
        onUseMine={(conflicts) => {
          queue.decide(
            conflicts.map(({ sampleId, yours, theirs }) => ({
              sampleId,
              decision: yours,
              seen: theirs.id,
            })),
          );
        }}
      />
    </>
  );
}
