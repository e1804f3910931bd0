import { type PointerEvent, useRef, useState } from "react";

import type { Point } from "./zoom";

export type Direction = "left" | "right" | "up";

/** How far a finger travels before letting go decides, in CSS pixels. */
export const SWIPE_DISTANCE = 64;

/** One direction has to be clear: a diagonal means nothing. */
const CLEARNESS = 1.5;

/** The direction of a movement that is long and straight enough to count as a swipe. Pure. */
export function directionOf({ x, y }: Point): Direction | null {
  const across = Math.abs(x);
  if (across >= SWIPE_DISTANCE && across > CLEARNESS * Math.abs(y)) return x < 0 ? "left" : "right";
  return -y >= SWIPE_DISTANCE && -y > CLEARNESS * across ? "up" : null;
}

interface Track {
  pointerId: number;
  from: Point;
  /** A second finger pinches: nothing counts until both are up. */
  isPinch: boolean;
}

export interface Swipe {
  /** How far the finger has moved so far; null without a finger. */
  offset: Point | null;
  handlers: Record<
    "onPointerDown" | "onPointerMove" | "onPointerUp" | "onPointerCancel",
    (event: PointerEvent) => void
  >;
}

/** Swipes of one finger or pen. A mouse has buttons and shortcuts, and drags to pan. */
export function useSwipe(isOn: boolean, onSwipe: (direction: Direction) => void): Swipe {
  const track = useRef<Track | null>(null);
  const [offset, setOffset] = useState<Point | null>(null);

  const end = () => {
    track.current = null;
    setOffset(null);
  };

  const offsetOf = (event: PointerEvent): Point | null => {
    const { current } = track;
    if (current === null || current.isPinch || current.pointerId !== event.pointerId) return null;
    return { x: event.clientX - current.from.x, y: event.clientY - current.from.y };
  };

  const onPointerDown = (event: PointerEvent) => {
    if (!isOn || event.pointerType === "mouse") return;
    if (track.current !== null && !event.isPrimary) {
      track.current.isPinch = true;
      setOffset(null);
      return;
    }
    const from = { x: event.clientX, y: event.clientY };
    track.current = { pointerId: event.pointerId, from, isPinch: false };
  };

  const onPointerUp = (event: PointerEvent) => {
    const moved = offsetOf(event);
    const direction = moved === null ? null : directionOf(moved);
    if (track.current?.pointerId === event.pointerId) end();
    if (direction !== null) onSwipe(direction);
  };

  return {
    offset,
    handlers: {
      onPointerDown,
      onPointerMove: (event) => {
        const moved = offsetOf(event);
        if (moved !== null) setOffset(moved);
      },
      onPointerUp,
      onPointerCancel: end,
    },
  };
}
