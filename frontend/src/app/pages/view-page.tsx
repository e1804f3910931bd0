import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";

import { Loading } from "@/components/ui/loading";
import { jobQuery } from "@/features/jobs";
import type { Job } from "@/lib/client/types";

import { ProblemPage } from "../problem-page";

interface Props {
  jobId: string;
  title: string;
  children: (job: Job) => ReactNode;
}

/** A page that fills the window: images scroll, actions stay in sight. */
export function ViewPage({ jobId, title, children }: Props) {
  const queryClient = useQueryClient();
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  useEffect(() => {
    document.title = `${title} · MSLG`;
  }, [title]);
  useEffect(
    // Decisions made here change the counts on the results page.
    () => () => void queryClient.invalidateQueries({ queryKey: ["jobs", jobId] }),
    [queryClient, jobId],
  );

  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  return (
    <div className="flex h-[max(calc(100vh-3.25rem),40rem)] flex-col px-6 pt-2 pb-3">
      {job === undefined ? <Loading lines={6} label="Loading the job" /> : children(job)}
    </div>
  );
}
