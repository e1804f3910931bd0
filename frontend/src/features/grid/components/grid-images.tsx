import type { ReactNode } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";

import type { TileList } from "../api/tile-list";
import { GridContent } from "./grid-content";
import { GridFrame } from "./grid-frame";

interface Props {
  datasetId: string;
  jobId: string;
  classes: readonly string[];
  /** Undefined while loading. */
  list: TileList | undefined;
  /** Identifies the list: another one starts without a selection. */
  listName: string;
  error: Error | null;
  onRetry: () => void;
  header: ReactNode;
  filters: ReactNode;
  kinds?: ReactNode;
  /** Shown in place of an empty list. */
  empty: ReactNode;
}

/** The images of a list, or why there are none. */
export function GridImages({ list, listName, error, onRetry, empty, ...props }: Props) {
  if (list !== undefined && list.total > 0) {
    return <GridContent key={listName} {...props} list={list} />;
  }
  return (
    <GridFrame header={props.header} kinds={props.kinds} filters={props.filters}>
      {error !== null && <ProblemPanel error={error} onRetry={onRetry} />}
      {list === undefined && error === null && <Loading label="Loading images" lines={6} />}
      {list !== undefined && (
        <p className="m-auto max-w-md text-center text-lg font-semibold">{empty}</p>
      )}
    </GridFrame>
  );
}
