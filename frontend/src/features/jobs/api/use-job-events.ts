import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { API_ROOT } from "@/lib/client/client";
import type { EpochReport, Job } from "@/lib/client/types";
import { isFinished } from "@/lib/work";

import { mergeEpoch } from "./merge-epoch";
import { epochsQuery, jobQuery } from "./queries";

const REOPEN_MS = 3000;

/** Updates a running job and its epochs from the event stream while `isLive`. */
export function useJobEvents(jobId: string, isLive: boolean): void {
  const queryClient = useQueryClient();

  useEffect(() => {
    if (!isLive) return;
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const onEpoch = ({ data }: MessageEvent<string>) => {
      const report = JSON.parse(data) as EpochReport;
      queryClient.setQueryData(epochsQuery(jobId).queryKey, (known) =>
        mergeEpoch(known ?? [], report),
      );
    };
    const onJob = ({ data }: MessageEvent<string>) => {
      const job = JSON.parse(data) as Job;
      queryClient.setQueryData(jobQuery(jobId).queryKey, job);
      // End of the stream: left open, the browser would reconnect forever.
      if (isFinished(job.status)) source?.close();
    };
    const open = () => {
      source = new EventSource(`${API_ROOT}/jobs/${jobId}/events`);
      source.addEventListener("epoch", onEpoch);
      source.addEventListener("job", onJob);
      source.onerror = () => {
        // The browser reconnects after a dropped connection, but not after an error status.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_MS);
      };
    };
    open();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [jobId, isLive, queryClient]);
}
