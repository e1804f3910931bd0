import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
} from "react";

import type { Decision } from "@/lib/annotate/decision";
import type { Tile } from "@/lib/tile";

import { GAP, type Layout, tilesIn, thumbnailSize } from "../api/layout";
import { selectCovered, selectOne, type Selection, sweepTo, toggle } from "../api/selection";
import { GridTile } from "./grid-tile";
import { useRectangle } from "./use-rectangle";

/** Rows rendered beyond the visible area, so that a slow scroll finds loaded images. */
const OVERSCAN = 3;

interface Props {
  scroller: RefObject<HTMLDivElement | null>;
  layout: Layout;
  total: number;
  tileOf: (index: number) => Tile | null;
  decisionOf: (tile: Tile) => Decision | null;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

/** The tile under a pointer, as its position in the list. */
function indexAt({ target }: MouseEvent | PointerEvent): number | null {
  const tile = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return tile === null ? null : Number(tile.dataset.index);
}

/** Virtualised grid: full scroll height, only visible rows rendered. */
export function GridCanvas(props: Props) {
  const { scroller, layout, total, tileOf, decisionOf, selection, onSelect } = props;
  const { columns, rows, rowHeight, tileWidth, tileHeight } = layout;
  const id = useId();
  const before = useRef({ selection, isAdding: false });
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by the compiler
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });

  const focusRow = Math.floor(selection.focus / columns);
  const showFocus = useEffectEvent(() => {
    virtualizer.scrollToIndex(focusRow);
  });
  useEffect(() => {
    virtualizer.measure();
    showFocus();
  }, [virtualizer, rowHeight, columns]);
  useEffect(() => {
    showFocus();
  }, [focusRow]);

  const onClick = (event: PointerEvent) => {
    const index = indexAt(event);
    scroller.current?.focus({ preventScroll: true });
    if (index === null) return;
    if (event.shiftKey) onSelect(sweepTo(selection, index));
    else if (event.ctrlKey || event.metaKey || event.pointerType === "touch") {
      onSelect(toggle(selection, index));
    } else onSelect(selectOne(index));
  };
  const { rectangle, handlers } = useRectangle({
    onClick,
    onStart: (isAdding) => {
      before.current = { selection, isAdding };
    },
    onSweep: (drawn) => {
      const covered = tilesIn(drawn, layout, total);
      onSelect(selectCovered(before.current.selection, covered, before.current.isAdding));
    },
  });
  const imageSize = thumbnailSize(tileWidth, window.devicePixelRatio);

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Images of the ranking"
      aria-multiselectable="true"
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-activedescendant={`${id}-${selection.focus}`}
      tabIndex={0}
      className="group/grid relative min-h-0 grow touch-pan-y overflow-y-scroll rounded-md outline-offset-4 select-none [scrollbar-gutter:stable]"
    >
      <div
        role="presentation"
        className="relative"
        style={{
          height: virtualizer.getTotalSize(),
          // Visible only when a fast scroll outruns rendering: empty columns instead of nothing.
          backgroundSize: `${tileWidth + GAP}px ${rowHeight}px`,
          backgroundImage: `linear-gradient(to right, var(--surface) ${tileWidth}px, transparent 0)`,
        }}
        {...handlers}
        onDoubleClick={(event) => {
          const index = indexAt(event);
          const tile = index === null ? null : tileOf(index);
          // A tab of its own: selection and place in the grid are kept.
          if (tile !== null) window.open(`/images/${tile.sampleId}`, "_blank");
        }}
      >
        {virtualizer.getVirtualItems().map(({ index: row, start }) => (
          <div
            key={row}
            role="row"
            aria-rowindex={row + 1}
            className="absolute inset-x-0 top-0 grid bg-bg"
            style={{
              transform: `translateY(${start}px)`,
              height: rowHeight,
              paddingBottom: GAP,
              columnGap: GAP,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {Array.from({ length: Math.min(columns, total - row * columns) }, (_, column) => {
              const index = row * columns + column;
              const tile = tileOf(index);
              return (
                <GridTile
                  key={column}
                  id={`${id}-${index}`}
                  index={index}
                  column={column}
                  tile={tile}
                  decision={tile === null ? null : decisionOf(tile)}
                  isSelected={selection.chosen.has(index)}
                  isFocused={selection.focus === index}
                  imageHeight={tileHeight}
                  imageSize={imageSize}
                />
              );
            })}
          </div>
        ))}
        {rectangle !== null && (
          <div
            aria-hidden="true"
            className="pointer-events-none absolute border border-accent bg-accent/15"
            style={{
              left: Math.min(rectangle.x1, rectangle.x2),
              top: Math.min(rectangle.y1, rectangle.y2),
              width: Math.abs(rectangle.x2 - rectangle.x1),
              height: Math.abs(rectangle.y2 - rectangle.y1),
            }}
          />
        )}
      </div>
    </div>
  );
}
