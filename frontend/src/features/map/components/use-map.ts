import { useMemo, useRef, useState } from "react";

import { useCommandKeys } from "@/lib/annotate/command-keys";
import { areaOf, type Area, formatArea, pointsIn } from "@/lib/map/area";
import type { MapPoints } from "@/lib/map/points";
import { type Colouring, COLOURINGS } from "@/lib/map/search";
import type { SelectionSearch } from "@/lib/review-search";
import { useSize } from "@/lib/use-size";

import { colour, paint } from "../api/colouring";
import { type MapAction, mapActionForKey } from "../api/map-keys";
import { nearest } from "../api/raster";
import { cornersOf, fitted, movedBy, toMap, type View, zoomedAt } from "../api/view";
import { type Point, type Tool, useMapPointer } from "./use-map-pointer";

/** How far from a point the pointer still finds it. */
const REACH_PIXELS = 10;

interface Options {
  points: MapPoints;
  classes: readonly string[];
  colouring: Colouring;
  onColouring: (colouring: Colouring) => void;
  /** Opens the grid. */
  onOpen: (search: SelectionSearch) => void;
}

interface Preview {
  index: number;
  isPinned: boolean;
}

/** View, selection and keyboard handling of the map. */
export function useMap({ points, classes, colouring, onColouring, onOpen }: Options) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const [chosenView, setView] = useState<View | null>(null);
  const view = chosenView ?? fitted(size);
  const [tool, setTool] = useState<Tool>("move");
  const [lasso, setLasso] = useState<readonly Point[]>([]);
  const [area, setArea] = useState<Area | null>(null);
  const [filter, setFilter] = useState<{ colouring: Colouring; group: number } | null>(null);
  const [preview, setPreview] = useState<Preview | null>(null);
  const [isByKey, setIsByKey] = useState(false);
  const [isHelpOpen, setIsHelpOpen] = useState(false);

  const colours = useMemo(() => colour(points, classes, colouring), [points, classes, colouring]);
  const { groups, groupOf } = colours;
  // Another colouring has other groups.
  const group = filter?.colouring === colouring ? filter.group : null;
  const selected = useMemo(
    () => area && pointsIn(points, area, (at) => group === null || groupOf[at] === group),
    [points, area, group, groupOf],
  );
  const isShown = useMemo(() => {
    if (selected === null) return (at: number) => group === null || groupOf[at] === group;
    const chosen = new Set(selected);
    return (at: number) => chosen.has(at);
  }, [selected, group, groupOf]);
  const painting = useMemo(() => paint(points, colours, isShown), [points, colours, isShown]);

  const find = (from: View, [left, top]: Point, reach: number) =>
    nearest(points, toMap(from, size, left, top), reach / from.scale, isShown);

  const select = (corners: readonly Point[]) => {
    setArea(areaOf(corners));
    setPreview(null);
  };
  const open = () => {
    const wanted = area ?? areaOf(cornersOf(view, size));
    const shown = group === null ? {} : groups[group]?.filter;
    if (wanted !== null) onOpen({ ...shown, area: formatArea(wanted) });
  };
  const toggleTool = () => {
    setTool(tool === "lasso" ? "move" : "lasso");
  };

  /** A new view by keyboard: the cross shows the image at the centre. */
  const goTo = (next: View) => {
    setView(next);
    setIsByKey(true);
    const index = find(
      next,
      [size.width / 2, size.height / 2],
      Math.min(size.width, size.height) / 2,
    );
    setPreview(index === null ? null : { index, isPinned: false });
  };
  const zoomBy = (factor: number) => zoomedAt(view, size, factor, size.width / 2, size.height / 2);

  const perform = (action: MapAction) => {
    switch (action.type) {
      case "move":
        goTo(movedBy(view, action.across, action.down));
        break;
      case "zoom":
        goTo(zoomBy(action.factor));
        break;
      case "fit":
        setView(null);
        setPreview(null);
        break;
      case "lasso":
        toggleTool();
        break;
      case "colour": {
        const next = (COLOURINGS.indexOf(colouring) + 1) % COLOURINGS.length;
        onColouring(COLOURINGS[next] ?? "given");
        break;
      }
      case "selectVisible":
        select(cornersOf(view, size));
        break;
      case "open":
        open();
        break;
      case "similar":
        if (preview !== null) onOpen({ like: String(points.sampleIds[preview.index]) });
        break;
      case "none":
        setArea(null);
        setPreview(null);
        setIsByKey(false);
        break;
      case "help":
        setIsHelpOpen(true);
        break;
    }
  };

  useCommandKeys(!isHelpOpen, (event) => {
    const action = mapActionForKey(event);
    const mayRepeat = action?.type === "move" || action?.type === "zoom";
    if (action === null || (event.repeat && !mayRepeat)) return;
    event.preventDefault();
    perform(action);
  });

  const handlers = useMapPointer({
    box,
    size,
    view,
    tool,
    onView: (next) => {
      setView(next);
      setIsByKey(false);
      setPreview(null);
    },
    onDraw: setLasso,
    onLasso: select,
    onHover: (at) => {
      if (preview?.isPinned === true) return;
      const index = at && find(view, at, REACH_PIXELS);
      setIsByKey(false);
      setPreview(index === null ? null : { index, isPinned: false });
    },
    onClick: (at) => {
      const index = find(view, at, REACH_PIXELS);
      setPreview(index === null ? null : { index, isPinned: true });
      box.current?.focus({ preventScroll: true });
    },
  });

  return {
    box,
    size,
    view,
    tool,
    lasso,
    area,
    selected,
    groups,
    group,
    painting,
    preview,
    isByKey,
    isHelpOpen,
    handlers,
    perform,
    showGroup: (next: number | null) => {
      setFilter(next === null ? null : { colouring, group: next });
    },
    closeHelp: () => {
      setIsHelpOpen(false);
    },
  };
}
