import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";

import { FocusView } from "@/components/annotate/focus-view";
import { queueFor, useQueueState } from "@/lib/annotate/decision-queues";
import type { QueueRequest } from "@/lib/annotate/leases";
import type { Dataset } from "@/lib/client/types";
import { queuesQuery, QUEUE_TEXTS, type VerifyQueue } from "@/lib/queues";
import { useSettledReviewer } from "@/lib/reviewer";

import { verifiedSetQuery } from "../api/queries";
import { NextSteps } from "./next-steps";
import { QueuePicker } from "./queue-picker";

/** Counts are refreshed after the reviewer pauses for this long. */
const PAUSE_MS = 1500;

interface Props {
  dataset: Pick<Dataset, "id" | "classes" | "guidelines">;
  queue: VerifyQueue;
  /** Given label to filter by; all images without one. */
  label: string | undefined;
  onChoose: (queue: VerifyQueue, label: string | undefined) => void;
  heading: ReactNode;
}

function requestOf(queue: VerifyQueue, label: string | undefined): QueueRequest {
  return queue === "verify" ? { queue, label } : { queue };
}

/** Refreshes the counts of the verified set and the queues after each pause. */
function useFreshCounts(datasetId: string): void {
  const queryClient = useQueryClient();
  const { saved } = useQueueState(queueFor(datasetId));
  useEffect(() => {
    if (saved === 0) return;
    const timer = setTimeout(() => {
      void queryClient.invalidateQueries({ queryKey: verifiedSetQuery(datasetId).queryKey });
      void queryClient.invalidateQueries({ queryKey: ["datasets", datasetId, "queues"] });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [queryClient, datasetId, saved]);
}

/** Focus view of the verify, tie-break and re-review queues. */
export function VerifyView({ dataset, queue, label, onChoose, heading }: Props) {
  const { id, classes, guidelines } = dataset;
  useFreshCounts(id);
  const { data: verifiedSet } = useQuery(verifiedSetQuery(id));
  const { data: queues } = useQuery(queuesQuery(id, useSettledReviewer()));
  return (
    <FocusView
      datasetId={id}
      classes={classes}
      guidelines={guidelines}
      request={requestOf(queue, label)}
      heading={heading}
      renderSide={() => (
        <>
          {verifiedSet !== undefined && <NextSteps datasetId={id} verifiedSet={verifiedSet} />}
          <QueuePicker
            queue={queue}
            label={label}
            queues={queues}
            classes={verifiedSet?.classes ?? []}
            onChoose={onChoose}
          />
        </>
      )}
      finished={QUEUE_TEXTS[queue].finished}
    />
  );
}
