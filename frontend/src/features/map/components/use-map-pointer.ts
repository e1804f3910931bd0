import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useRef } from "react";

import type { Size, View } from "../api/view";
import { movedBy, toMap, zoomedAt } from "../api/view";

/** A pointer that moves less than this clicks. */
const CLICK_PIXELS = 4;
/** Least distance between two corners of a lasso. */
const CORNER_PIXELS = 3;
const WHEEL_STEP = 0.0015;
const LINES = 16;

export type Tool = "move" | "lasso";
export type Point = readonly [x: number, y: number];

interface Options {
  box: RefObject<HTMLElement | null>;
  size: Size;
  view: View;
  tool: Tool;
  onView: (view: View) => void;
  /** The lasso so far, in map coordinates; empty when it ends. */
  onDraw: (corners: readonly Point[]) => void;
  onLasso: (corners: readonly Point[]) => void;
  /** Pixels from the top left; null when the pointer leaves or drags. */
  onHover: (at: Point | null) => void;
  onClick: (at: Point) => void;
}

interface Press {
  start: Point;
  isDrag: boolean;
  corners: Point[] | null;
}

function placeOf(event: { clientX: number; clientY: number }, box: HTMLElement | null): Point {
  const { left = 0, top = 0 } = box?.getBoundingClientRect() ?? {};
  return [event.clientX - left, event.clientY - top];
}

function distance([x1, y1]: Point, [x2, y2]: Point): number {
  return Math.hypot(x1 - x2, y1 - y2);
}

/** Moves by drag, zooms by wheel or pinch, draws a lasso by drag with the lasso tool or with Shift. */
export function useMapPointer(options: Options) {
  const { box, size, view, tool, onView, onDraw, onLasso, onHover, onClick } = options;
  const pointers = useRef(new Map<number, Point>());
  const press = useRef<Press | null>(null);

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const [left, top] = placeOf(event, box.current);
    const pixels = event.deltaMode === 1 ? event.deltaY * LINES : event.deltaY;
    onView(zoomedAt(view, size, Math.exp(-pixels * WHEEL_STEP), left, top));
  });
  // React's wheel listeners are passive: they cannot keep the page from scrolling.
  useEffect(() => {
    const element = box.current;
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [box]);

  const drag = (begun: Press, before: Point, now: Point) => {
    if (begun.corners === null) {
      onView(movedBy(view, now[0] - before[0], now[1] - before[1]));
    } else if (distance(before, now) >= CORNER_PIXELS) {
      begun.corners.push(toMap(view, size, ...now));
      onDraw([...begun.corners]);
    } else return;
    begun.isDrag = true;
  };

  const pinch = (before: Point, now: Point, other: Point) => {
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    onView(zoomedAt(view, size, factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2));
  };

  const finish = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
    const begun = press.current;
    press.current = null;
    return begun;
  };

  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const at = placeOf(event, box.current);
      pointers.current.set(event.pointerId, at);
      event.currentTarget.setPointerCapture(event.pointerId);
      const isLasso = tool === "lasso" || event.shiftKey;
      const isFirst = pointers.current.size === 1;
      if (!isFirst) onDraw([]);
      const corners: Point[] | null = isLasso && isFirst ? [toMap(view, size, ...at)] : null;
      press.current = { start: at, isDrag: !isFirst, corners };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const now = placeOf(event, box.current);
      const before = pointers.current.get(event.pointerId);
      const begun = press.current;
      if (before === undefined || begun === null) {
        if (event.pointerType !== "touch") onHover(now);
        return;
      }
      if (!begun.isDrag && distance(begun.start, now) < CLICK_PIXELS) return;
      onHover(null);
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) pinch(before, now, other);
      else drag(begun, before, now);
      if (begun.corners === null || distance(before, now) >= CORNER_PIXELS) {
        pointers.current.set(event.pointerId, now);
      }
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const begun = finish(event);
      if (begun === null) return;
      if (!begun.isDrag) onClick(begun.start);
      if (begun.corners === null) return;
      onDraw([]);
      if (begun.isDrag) onLasso(begun.corners);
    },
    onPointerCancel: (event: PointerEvent<HTMLElement>) => {
      finish(event);
      onDraw([]);
    },
    onPointerLeave: () => {
      onHover(null);
    },
  };
}
