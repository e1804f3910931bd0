/** A dataset's queues that need no job. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";

export const VERIFY_QUEUES = ["verify", "tie_break", "re_review"] as const;
export type VerifyQueue = (typeof VERIFY_QUEUES)[number];

interface QueueText {
  title: string;
  description: string;
  /** Shown when the queue is empty. */
  finished: string;
}

export const QUEUE_TEXTS: Readonly<Record<VerifyQueue, QueueText>> = {
  verify: {
    title: "Verify",
    description: "Images that help the next job most",
    finished: "Every image in this queue is decided or assigned to another reviewer.",
  },
  tie_break: {
    title: "Tie-break",
    description: "Images on which reviewers disagree, for adjudication",
    finished: "No disagreements are waiting for your decision.",
  },
  re_review: {
    title: "Re-review",
    description: "Verified labels contradicted by a job that did not train on them",
    finished: "No verified labels need a second look.",
  },
};

/** Number of images waiting for a reviewer, by queue. */
export const queuesQuery = (datasetId: string, reviewer: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "queues", reviewer],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/queues", {
          params: { path: { dataset_id: datasetId }, query: { reviewer } },
          signal,
        }),
      ),
  });
