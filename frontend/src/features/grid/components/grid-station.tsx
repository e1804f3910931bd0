import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { ReviewSearch } from "@/lib/review-search";

import { gridSummaryQuery, useColumns } from "../api/queries";
import { GridFilters } from "./grid-filters";
import { GridFrame } from "./grid-frame";
import { GridWall } from "./grid-wall";

interface Props {
  datasetId: string;
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  /** Title and ways to other views. */
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
      <GridWall
        {...frame}
        // Another list, another selection.
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
      {data === undefined && error === null && <Loading label="Loading the ranking" lines={6} />}
      {data !== undefined && (
        <p className="m-auto text-lg font-semibold">No image matches these filters</p>
      )}
    </GridFrame>
  );
}

/** A job's ranking as a wall of images, settled many at a time. */
export function GridStation(props: Props) {
  const { data: summary, error, refetch } = useQuery(gridSummaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading the grid" />;
  return <Ranking {...props} classes={summary.classes} />;
}
