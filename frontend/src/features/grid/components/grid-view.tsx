import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { summaryQuery } from "@/lib/job-summary";
import type { ReviewSearch } from "@/lib/review-search";

import { useColumns } from "../api/queries";
import { GridFilters } from "./grid-filters";
import { GridFrame } from "./grid-frame";
import { GridContent } from "./grid-content";

interface Props {
  datasetId: string;
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

function Ranking({ classes, ...props }: Props & { classes: readonly string[] }) {
  const { datasetId, jobId, filters, onFilter, header } = props;
  const { data, error, refetch } = useColumns(jobId, filters);
  const pages = data?.pages ?? [];
  const total = pages[0]?.total ?? 0;
  const frame = {
    header,
    filters: <GridFilters classes={classes} filters={filters} onChange={onFilter} />,
  };
  if (total > 0) {
    return (
      <GridContent
        {...frame}
        // New filters reset the selection.
        key={JSON.stringify(filters)}
        datasetId={datasetId}
        jobId={jobId}
        classes={classes}
        pages={pages}
        total={total}
      />
    );
  }
  return (
    <GridFrame {...frame}>
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading label="Loading ranking" lines={6} />}
      {data !== undefined && (
        <p className="m-auto text-lg font-semibold">No images match these filters</p>
      )}
    </GridFrame>
  );
}

/** A job's ranking as a grid of images, for decisions on many at a time. */
export function GridView(props: Props) {
  const { data: summary, error, refetch } = useQuery(summaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading grid" />;
  return <Ranking {...props} classes={summary.classes} />;
}
