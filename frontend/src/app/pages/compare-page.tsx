import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { SelectField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { ComparisonView } from "@/features/comparison";
import { jobQuery, jobsQuery, jobTitle } from "@/features/jobs";
import type { Job } from "@/lib/client/types";
import { formatTime } from "@/lib/format";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

interface Props {
  jobId: string;
  otherId: string | undefined;
  onOther: (jobId: string) => void;
}

function OtherJob({ job, otherId, onOther }: { job: Job } & Omit<Props, "jobId">) {
  const { data } = useInfiniteQuery(jobsQuery(job.dataset_id));
  const others = (data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id, status }) => id !== job.id && status === "succeeded");
  return (
    <SelectField
      label="Compare with"
      className="w-72"
      value={otherId ?? ""}
      options={[
        { value: "", label: others.length === 0 ? "No other finished job" : "Choose a job" },
        ...others.map((other) => ({
          value: other.id,
          label: `${jobTitle(other)}, ${formatTime(other.created_at)}`,
        })),
      ]}
      onChange={onOther}
    />
  );
}

/** Compares a job with another job of the same dataset. */
export function ComparePage({ jobId, otherId, onOther }: Props) {
  const { data: job, error, refetch } = useQuery(jobQuery(jobId));
  if (error !== null) return <ProblemPage error={error} onRetry={() => void refetch()} />;
  if (job === undefined) {
    return (
      <Page>
        <Loading label="Loading the job" />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title={`Compare “${jobTitle(job)}”`}
        back={{ label: "Job results", to: `/jobs/${jobId}` }}
        actions={<OtherJob job={job} otherId={otherId} onOther={onOther} />}
      />
      {otherId === undefined ? (
        <p className="text-muted">Choose a job to compare this one with.</p>
      ) : (
        <ComparisonView jobId={jobId} otherId={otherId} />
      )}
    </Page>
  );
}
