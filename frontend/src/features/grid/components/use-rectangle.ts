import { type PointerEvent, useState } from "react";

import type { Rectangle } from "../api/layout";

/** A press that moves less than this is a click. */
const CLICK_PIXELS = 5;

interface Options {
  /** Called while a rectangle is drawn, in pixels from the canvas's top left. */
  onSweep: (rectangle: Rectangle) => void;
  /** Called before the first of those. */
  onStart: (isAdding: boolean) => void;
  onClick: (event: PointerEvent<HTMLElement>) => void;
}

function placeOf(event: PointerEvent<HTMLElement>): [x: number, y: number] {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** Rolls the list on while the pointer is held beyond its edge. */
function rollAlong({ currentTarget, clientY }: PointerEvent<HTMLElement>): void {
  const box = currentTarget.parentElement;
  if (box === null) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (clientY < top) box.scrollTop -= top - clientY;
  else if (clientY > bottom) box.scrollTop += clientY - bottom;
}

/** Draws a rectangle by mouse or pen; a finger scrolls instead, and its tap is a click. */
export function useRectangle({ onSweep, onStart, onClick }: Options) {
  const [start, setStart] = useState<readonly [x: number, y: number] | null>(null);
  const [rectangle, setRectangle] = useState<Rectangle | null>(null);

  const finish = () => {
    setStart(null);
    setRectangle(null);
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button === 0 && event.pointerType !== "touch") setStart(placeOf(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (start === null) return;
      const [x2, y2] = placeOf(event);
      const [x1, y1] = start;
      const isClick = Math.hypot(x2 - x1, y2 - y1) < CLICK_PIXELS;
      if (rectangle === null && isClick) return;
      if (rectangle === null) {
        event.currentTarget.setPointerCapture(event.pointerId);
        onStart(event.ctrlKey || event.metaKey || event.shiftKey);
      }
      rollAlong(event);
      setRectangle({ x1, y1, x2, y2 });
      onSweep({ x1, y1, x2, y2 });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (event.button === 0 && rectangle === null) onClick(event);
      finish();
    },
    onPointerCancel: finish,
  };
  return { rectangle, handlers };
}
