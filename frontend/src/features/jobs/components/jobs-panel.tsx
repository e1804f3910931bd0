import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import { StatusBadge } from "@/components/ui/work-progress";
import type { Job } from "@/lib/client/types";
import { formatDuration, formatTime, secondsBetween } from "@/lib/format";

import { jobsQuery } from "../api/queries";
import { jobTitle } from "./job-title";

function JobRow({ job }: { job: Job }) {
  return (
    <tr className="hover:bg-raised">
      <td className={cx(TD, "max-w-64")}>
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          className={cx(LINK, "font-medium break-words")}
        >
          {jobTitle(job)}
        </Link>
      </td>
      <td className={TD}>
        <StatusBadge status={job.status} />
      </td>
      <td className={cx(TD, NUMBER, "text-muted")}>{job.dataset_version ?? "–"}</td>
      <td className={cx(TD, NUMBER, "text-muted")}>
        {job.started_at === null
          ? "–"
          : formatDuration(secondsBetween(job.started_at, job.finished_at))}
      </td>
      <td className={cx(TD, NUMBER, "text-muted")}>{formatTime(job.created_at)}</td>
    </tr>
  );
}

/** A dataset's jobs, newest first. */
export function JobsPanel({ datasetId }: { datasetId: string }) {
  const query = useInfiniteQuery(jobsQuery(datasetId));
  const jobs = query.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Panel title="Jobs">
      {query.isPending && <Loading />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && jobs.length === 0 && <p className="text-muted">No jobs yet.</p>}
      {jobs.length > 0 && (
        <table className={TABLE}>
          <thead>
            <tr>
              <th className={TH}>Job</th>
              <th className={TH}>State</th>
              <th className={cx(TH, NUMBER)}>Version</th>
              <th className={cx(TH, NUMBER)}>Duration</th>
              <th className={cx(TH, NUMBER)}>Created</th>
            </tr>
          </thead>
          <tbody>
            {jobs.map((job) => (
              <JobRow key={job.id} job={job} />
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <Button className="mt-3" onClick={() => void query.fetchNextPage()}>
          Show older jobs
        </Button>
      )}
    </Panel>
  );
}
