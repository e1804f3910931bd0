import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";

import { FocusView } from "@/components/annotate/focus-view";
import { queueFor, useQueueState } from "@/lib/annotate/decision-queues";
import type { QueueRequest } from "@/lib/annotate/leases";
import type { Dataset } from "@/lib/client/types";
import type { VerifyQueue } from "@/lib/review-search";
import { useSettledReviewer } from "@/lib/reviewer";

import { queuesQuery, verifiedSetQuery } from "../api/queries";
import { NextSteps } from "./next-steps";
import { QueuePicker } from "./queue-picker";

/** Counting is put off until the annotator pauses. */
const PAUSE_MS = 1500;

interface Props {
  dataset: Pick<Dataset, "id" | "classes" | "guidelines">;
  queue: VerifyQueue;
  /** Only images that came with this label; all of them without it. */
  label: string | undefined;
  onChoose: (queue: VerifyQueue, label: string | undefined) => void;
  heading: ReactNode;
}

const FINISHED: Readonly<Record<VerifyQueue, string>> = {
  verify: "Every image of this queue has been seen or is in somebody else’s hands.",
  tie_break: "Nobody disagrees on anything that you could decide.",
  second_look: "No run contradicts anything verified that has not been looked at again.",
};

function requestOf(queue: VerifyQueue, label: string | undefined): QueueRequest {
  return queue === "verify" ? { queue, label } : { queue };
}

/** Counts the verified set and the queues anew after each pause in deciding. */
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

/** Build the verified set image by image, settle disagreements, and look at contradictions again. */
export function VerifyStation({ dataset, queue, label, onChoose, heading }: Props) {
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
      finished={FINISHED[queue]}
    />
  );
}
