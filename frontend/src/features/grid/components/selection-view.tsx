import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { resultDetailQuery } from "@/lib/annotate/queries";
import { choicesOf, summaryQuery } from "@/lib/job-summary";
import { type Area, readArea } from "@/lib/map/area";
import { mapQuery } from "@/lib/map/queries";
import { readReviewSearch, type SelectionSearch } from "@/lib/review-search";

import { similarQuery } from "../api/queries";
import { similarTiles, tilesInArea } from "../api/tile-list";
import { GridFilters } from "./grid-filters";
import { GridImages } from "./grid-images";

interface Props {
  datasetId: string;
  jobId: string;
  search: SelectionSearch;
  onFilter: (search: SelectionSearch) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

interface SourceProps extends Props {
  /** Those that can be given. */
  classes: readonly string[];
  /** Of all classes by index. */
  names: readonly string[];
}

function AreaOfMap({ area, search, onFilter, names, ...props }: SourceProps & { area: Area }) {
  const { jobId, classes } = props;
  const { data, error, refetch } = useQuery(mapQuery(jobId));
  const list = useMemo(
    () => data && tilesInArea(data, names, area, search),
    [data, names, area, search],
  );
  return (
    <GridImages
      {...props}
      list={list}
      listName={JSON.stringify(search)}
      error={error}
      onRetry={() => void refetch()}
      filters={
        <GridFilters
          datasetId={props.datasetId}
          classes={classes}
          filters={readReviewSearch({ ...search })}
          of="area"
          onChange={(next) => {
            onFilter({ ...next, area: search.area });
          }}
        />
      }
      empty="No images match these filters"
    />
  );
}

function SimilarImages({ like, ...props }: SourceProps & { like: string }) {
  const { jobId, classes } = props;
  const similar = useQuery(similarQuery(jobId, like));
  const origin = useQuery(resultDetailQuery(jobId, like));
  const list = useMemo(
    () => similar.data && origin.data && similarTiles(origin.data, similar.data),
    [similar.data, origin.data],
  );
  return (
    <GridImages
      {...props}
      classes={classes}
      list={list}
      listName={like}
      error={similar.error ?? origin.error}
      onRetry={() => void Promise.all([similar.refetch(), origin.refetch()])}
      filters={
        <p className="grow text-sm text-muted">
          The first image and those that look most like it, the most similar first.
        </p>
      }
      empty="No similar images"
    />
  );
}

/** Images that belong together: an area of the map, or everything like one image. */
export function SelectionView(props: Props) {
  const { jobId, search } = props;
  const { data: summary, error, refetch } = useQuery(summaryQuery(jobId));
  const area = useMemo(() => readArea(search.area), [search.area]);
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (summary === undefined) return <Loading lines={6} label="Loading grid" />;
  const source = { ...props, classes: choicesOf(summary), names: summary.classes };
  if (search.like !== undefined) return <SimilarImages {...source} like={search.like} />;
  return <AreaOfMap {...source} area={area ?? []} />;
}
