import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { KeyList } from "@/components/ui/key-list";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { formatPlural, formatScore } from "@/lib/format";
import { summaryQuery } from "@/lib/job-summary";
import type { Area } from "@/lib/map/area";
import { type MapPoints, tileOfPoint } from "@/lib/map/points";
import { mapQuery } from "@/lib/map/queries";
import type { Colouring } from "@/lib/map/search";

import { MAP_KEY_ROWS } from "../api/map-keys";
import { toCanvas } from "../api/view";
import { MapCanvas } from "./map-canvas";
import { MapLegend } from "./map-legend";
import { MapPreview } from "./map-preview";
import { MapSelection } from "./map-selection";
import { MapToolbar } from "./map-toolbar";
import type { Point } from "./use-map-pointer";
import { useMap } from "./use-map";

interface Props {
  jobId: string;
  colouring: Colouring;
  onColouring: (colouring: Colouring) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

const UNITS = 1_000_000;

/** Corners of an area in map coordinates. */
function cornersOfArea(area: Area): Point[] {
  return Array.from({ length: area.length / 2 }, (_, at) => [
    (area[2 * at] ?? 0) / UNITS,
    (area[2 * at + 1] ?? 0) / UNITS,
  ]);
}

interface LoadedProps extends Props {
  points: MapPoints;
  classes: readonly string[];
}

function LoadedMap({ jobId, points, classes, colouring, onColouring, header }: LoadedProps) {
  const hintId = useId();
  const navigate = useNavigate();
  const map = useMap({
    points,
    classes,
    colouring,
    onColouring,
    onOpen: (search) => void navigate({ to: "/jobs/$jobId/selection", params: { jobId }, search }),
  });
  const { size, view, preview, perform, area, lasso, selected } = map;
  const tile = preview && tileOfPoint(points, classes, preview.index);
  const place =
    preview && toCanvas(view, size, points.x[preview.index] ?? 0, points.y[preview.index] ?? 0);
  const outline = lasso.length > 0 ? lasso : area === null ? [] : cornersOfArea(area);

  return (
    <div className="flex min-h-0 grow flex-col gap-2.5">
      <div className="flex min-h-8 shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {header}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="text-sm text-muted">{formatPlural(points.length, "image")}</span>
          <Button
            onClick={() => {
              perform({ type: "help" });
            }}
          >
            Shortcuts
          </Button>
        </div>
      </div>
      <MapToolbar
        colouring={colouring}
        onColouring={onColouring}
        tool={map.tool}
        perform={perform}
      />
      <div className="flex min-h-0 grow gap-3 max-lg:flex-col">
        <MapCanvas
          box={map.box}
          size={size}
          view={view}
          painting={map.painting}
          tool={map.tool}
          outline={outline}
          hasCross={map.isByKey}
          label={`Map of ${formatPlural(points.length, "image")}`}
          describedBy={hintId}
          handlers={map.handlers}
        >
          {tile !== null && preview !== null && place !== null && (
            <MapPreview
              jobId={jobId}
              tile={tile}
              isPinned={preview.isPinned}
              size={size}
              {...place}
            />
          )}
          {selected !== null && <MapSelection count={selected.length} perform={perform} />}
        </MapCanvas>
        <MapLegend
          colouring={colouring}
          groups={map.groups}
          shown={map.group}
          onShow={map.showGroup}
        />
      </div>
      <p id={hintId} className="sr-only">
        Arrow keys move the map, plus and minus zoom, V selects what is in view, Enter opens it in
        the grid.
      </p>
      <p role="status" className="sr-only">
        {map.isByKey && tile !== null && preview !== null && !preview.isPinned
          ? `At the centre: given ${tile.given}, suggested ${tile.suggested}, score ${formatScore(tile.score)}`
          : ""}
      </p>
      <Dialog
        title="Keyboard shortcuts"
        description="By mouse, drag to move, turn the wheel to zoom, and hold Shift to draw a lasso. By touch, pinch to zoom."
        open={map.isHelpOpen}
        onOpenChange={map.closeHelp}
      >
        <KeyList rows={MAP_KEY_ROWS} />
      </Dialog>
    </div>
  );
}

/** The images of a job in two dimensions: images that look alike lie close together. */
export function MapView(props: Props) {
  const points = useQuery(mapQuery(props.jobId));
  const summary = useQuery(summaryQuery(props.jobId));
  const error = points.error ?? summary.error;
  if (points.data !== undefined && summary.data !== undefined) {
    return <LoadedMap {...props} points={points.data} classes={summary.data.classes} />;
  }
  return (
    <div className="flex flex-col gap-2.5">
      <div className="flex min-h-8 items-center">{props.header}</div>
      {error === null ? (
        <Loading lines={6} label="Loading the map" />
      ) : (
        <ProblemPanel
          error={error}
          onRetry={() => void Promise.all([points.refetch(), summary.refetch()])}
        />
      )}
    </div>
  );
}
