import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { IssueKind, JobSummary } from "@/lib/client/types";
import { issueCountsQuery, type IssuePageName, shownKind } from "@/lib/issues";
import { choicesOf, summaryQuery } from "@/lib/job-summary";
import type { ReviewSearch } from "@/lib/review-search";

import { useColumns } from "../api/queries";
import { columnTiles } from "../api/tile-list";
import { GridFilters } from "./grid-filters";
import { GridImages } from "./grid-images";
import { KindSwitch } from "./kind-switch";

interface Props {
  datasetId: string;
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

interface ColumnsProps extends Props {
  summary: JobSummary;
  kind: IssueKind | null;
  /** Above the filters: the choice of kind. */
  kinds?: ReactNode;
}

function Columns({ kind, kinds, filters, onFilter, summary, ...props }: ColumnsProps) {
  const { datasetId } = props;
  const { data, error, refetch } = useColumns(props.jobId, kind, filters);
  const { classes: names } = summary;
  const list = useMemo(() => data && columnTiles(data.pages, names), [data, names]);
  const classes = useMemo(() => choicesOf(summary), [summary]);
  const hasFilters = Object.values({ ...filters, kind: undefined }).some(
    (value) => value !== undefined,
  );
  return (
    <GridImages
      {...props}
      classes={classes}
      list={list}
      listName={JSON.stringify([kind, filters])}
      error={error}
      onRetry={() => void refetch()}
      kinds={kinds}
      filters={
        <GridFilters
          datasetId={datasetId}
          classes={classes}
          filters={filters}
          onChange={onFilter}
          of={kind === null ? "ranking" : "issues"}
        />
      }
      empty={
        hasFilters || kind === null ? "No images match these filters" : "No image has this issue"
      }
    />
  );
}

/** A job's ranking as a grid, for decisions on many images at a time. */
export function GridView(props: Props) {
  const { data: summary, error, refetch } = useQuery(summaryQuery(props.jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading grid" />;
  return <Columns {...props} summary={summary} kind={null} />;
}

/** The images with one kind of issue as the same grid, the worst first. */
export function IssuesView({ page, ...props }: Props & { page: IssuePageName }) {
  const { jobId, filters, onFilter } = props;
  const summary = useQuery(summaryQuery(jobId));
  const counts = useQuery(issueCountsQuery(jobId));
  const error = summary.error ?? counts.error;
  if (error !== null) {
    const retry = () => void Promise.all([summary.refetch(), counts.refetch()]);
    return <ProblemPanel error={error} onRetry={retry} />;
  }
  if (summary.data === undefined || counts.data === undefined) {
    return <Loading lines={6} label="Loading grid" />;
  }
  const kind = shownKind(counts.data, page, filters.kind);
  return (
    <Columns
      {...props}
      summary={summary.data}
      kind={kind}
      kinds={
        <KindSwitch
          jobId={jobId}
          page={page}
          kind={kind}
          onKind={(next) => {
            onFilter({ ...filters, kind: next });
          }}
        />
      }
    />
  );
}
