import { type PointerEvent, useRef, useState } from "react";

import type { Rectangle } from "../api/layout";

/** A pointer that moves less than this clicks. */
const CLICK_PIXELS = 5;

interface Options {
  /** Called while a rectangle is drawn, in pixels from the canvas's top left. */
  onSweep: (rectangle: Rectangle) => void;
  /** Called once before `onSweep`. */
  onStart: (isAdding: boolean) => void;
  onClick: (event: PointerEvent<HTMLElement>) => void;
}

function placeOf(event: PointerEvent<HTMLElement>): [x: number, y: number] {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return [event.clientX - left, event.clientY - top];
}

/** Scrolls the list while the pointer is held beyond its edge. */
function autoScroll({ currentTarget, clientY }: PointerEvent<HTMLElement>): void {
  const box = currentTarget.parentElement;
  if (box === null) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (clientY < top) box.scrollTop -= top - clientY;
  else if (clientY > bottom) box.scrollTop += clientY - bottom;
}

/** Draws a rectangle by mouse or pen. Touch scrolls instead; a tap is a click. */
export function useRectangle({ onSweep, onStart, onClick }: Options) {
  // A ref, because events may arrive faster than React renders.
  const press = useRef<{ x: number; y: number; isSweep: boolean } | null>(null);
  const [rectangle, setRectangle] = useState<Rectangle | null>(null);

  const finish = () => {
    press.current = null;
    setRectangle(null);
  };
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      const [x, y] = placeOf(event);
      press.current = { x, y, isSweep: false };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const begun = press.current;
      if (begun === null) return;
      const [x2, y2] = placeOf(event);
      if (!begun.isSweep) {
        if (Math.hypot(x2 - begun.x, y2 - begun.y) < CLICK_PIXELS) return;
        begun.isSweep = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        onStart(event.ctrlKey || event.metaKey || event.shiftKey);
      }
      autoScroll(event);
      const drawn = { x1: begun.x, y1: begun.y, x2, y2 };
      setRectangle(drawn);
      onSweep(drawn);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      if (event.button === 0 && press.current?.isSweep !== true) onClick(event);
      finish();
    },
    onPointerCancel: finish,
  };
  return { rectangle, handlers };
}
