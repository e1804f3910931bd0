import { useNavigate } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Job, JobCreate } from "@/lib/client/types";

import { useLaunchJob } from "../api/mutations";

/** Trains once more with the same settings, from what this job learned and on all that was verified since. */
export function RerunButton({ job }: { job: Job }) {
  const navigate = useNavigate();
  const launch = useLaunchJob();
  // What an answer says about settings is what a request takes, though their generated types are not the same.
  const config = job.config as JobCreate["config"];
  return (
    <>
      <Button
        disabled={launch.isPending}
        onClick={() => {
          launch.mutate(
            { dataset_id: job.dataset_id, config, parent_id: job.id },
            {
              onSuccess: ({ id }) => {
                void navigate({ to: "/jobs/$jobId", params: { jobId: id } });
              },
            },
          );
        }}
      >
        {launch.isPending ? "Launching …" : "Re-run from here"}
      </Button>
      {launch.error !== null && <ProblemPanel error={launch.error} />}
    </>
  );
}
