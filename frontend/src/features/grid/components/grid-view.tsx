import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { summaryQuery } from "@/lib/job-summary";
import { type Area, readArea } from "@/lib/map/area";
import { mapQuery } from "@/lib/map/queries";
import type { ReviewSearch } from "@/lib/review-search";

import { useColumns } from "../api/queries";
import { rankedTiles, type TileList, tilesInArea } from "../api/tile-list";
import { GridContent } from "./grid-content";
import { GridFilters } from "./grid-filters";
import { GridFrame } from "./grid-frame";

interface Props {
  datasetId: string;
  jobId: string;
  filters: ReviewSearch;
  onFilter: (filters: ReviewSearch) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

interface SourceProps extends Props {
  classes: readonly string[];
}

interface ImagesProps extends SourceProps {
  list: TileList | undefined;
  error: Error | null;
  onRetry: () => void;
}

/** The images of a list, or why there are none. */
function Images({ list, error, onRetry, ...props }: ImagesProps) {
  const { datasetId, jobId, classes, filters, onFilter, header } = props;
  const frame = {
    header,
    filters: <GridFilters classes={classes} filters={filters} onChange={onFilter} />,
  };
  if (list !== undefined && list.total > 0) {
    return (
      <GridContent
        {...frame}
        // New filters reset the selection.
        key={JSON.stringify(filters)}
        datasetId={datasetId}
        jobId={jobId}
        classes={classes}
        list={list}
      />
    );
  }
  return (
    <GridFrame {...frame}>
      {error !== null && <ProblemPanel error={error} onRetry={onRetry} />}
      {list === undefined && error === null && <Loading label="Loading images" lines={6} />}
      {list !== undefined && (
        <p className="m-auto text-lg font-semibold">No images match these filters</p>
      )}
    </GridFrame>
  );
}

function Ranking(props: SourceProps) {
  const { jobId, classes, filters } = props;
  const { data, error, refetch } = useColumns(jobId, filters);
  const list = useMemo(() => data && rankedTiles(data.pages, classes), [data, classes]);
  return <Images {...props} list={list} error={error} onRetry={() => void refetch()} />;
}

function MapArea({ area, ...props }: SourceProps & { area: Area }) {
  const { jobId, classes, filters } = props;
  const { data, error, refetch } = useQuery(mapQuery(jobId));
  const list = useMemo(
    () => data && tilesInArea(data, classes, area, filters),
    [data, classes, area, filters],
  );
  return <Images {...props} list={list} error={error} onRetry={() => void refetch()} />;
}

/** A job's images as a grid, for decisions on many at a time. */
export function GridView(props: Props) {
  const { jobId, filters } = props;
  const { data: summary, error, refetch } = useQuery(summaryQuery(jobId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading grid" />;
  const source = { ...props, classes: summary.classes };
  const area = readArea(filters.area);
  return area === undefined ? <Ranking {...source} /> : <MapArea {...source} area={area} />;
}
