import type { EventType, WorkStatus } from "@/lib/client/types";

const NAMES: Record<EventType, string> = {
  "dataset.ready": "Dataset ready",
  "dataset.failed": "Upload failed",
  "dataset.images_added": "Images added",
  "dataset.addition_failed": "Images not added",
  "dataset.deleted": "Dataset deleted",
  "job.succeeded": "Job succeeded",
  "job.failed": "Job failed",
  "job.cancelled": "Job cancelled",
  "class.proposed": "Class proposed",
  "class.proposal_decided": "Proposed class decided",
  "export.ready": "Export ready",
  "export.failed": "Export failed",
  "review.stop_advised": "Review may stop",
  "review.rerun_advised": "New job advised",
  ping: "Ping",
};

export const eventName = (event: EventType): string => NAMES[event];

/** What a webhook can be told of; every one can be sent a ping. */
export const EVENTS = (Object.keys(NAMES) as EventType[]).filter((event) => event !== "ping");

interface Attempted {
  status: WorkStatus;
  attempt: number;
}

/** The state of a delivery in words. Pure. */
export function deliveryState({ status, attempt }: Attempted): string {
  switch (status) {
    case "succeeded":
      return "Delivered";
    case "failed":
      return "Given up";
    case "cancelled":
      return "Not sent";
    case "running":
      return "Sending";
    case "queued":
      return attempt === 0 ? "Waiting" : `Trying again after ${attempt} of 8 attempts`;
  }
}
