import { useNavigate } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Job, JobCreate } from "@/lib/client/types";

import { useLaunchJob } from "../api/mutations";

/** Trains again with the same settings, starting from this job's state and using all verified labels. */
export function RerunButton({ job }: { job: Job }) {
  const navigate = useNavigate();
  const launch = useLaunchJob();
  // Requests take the same settings as responses, but the generated types differ.
  const config = job.config as JobCreate["config"];
  return (
    <>
      <Button
        disabled={launch.isPending}
        onClick={() => {
          launch.mutate(
            {
              dataset_id: job.dataset_id,
              config,
              // A job without results has no state to start from.
              parent_id: job.status === "succeeded" ? job.id : job.parent_id,
            },
            {
              onSuccess: ({ id }) => {
                void navigate({ to: "/jobs/$jobId", params: { jobId: id } });
              },
            },
          );
        }}
      >
        {launch.isPending ? "Launching …" : "Re-run job"}
      </Button>
      {launch.error !== null && <ProblemPanel error={launch.error} />}
    </>
  );
}
