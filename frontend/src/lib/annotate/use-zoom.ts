import { type PointerEvent, useEffect, useEffectEvent, useRef, useState } from "react";

import {
  distance,
  FITTED,
  middle,
  moved,
  type Point,
  type Size,
  toggled,
  type View,
  wheelFactor,
  zoomed,
} from "./zoom";

const CENTRE: Point = { x: 0, y: 0 };

export interface Zoom {
  /** Ref of the stage. */
  setStage: (element: HTMLDivElement | null) => void;
  view: View;
  zoomBy: (factor: number) => void;
  reset: () => void;
  handlers: {
    onPointerDown: (event: PointerEvent) => void;
    onPointerMove: (event: PointerEvent) => void;
    onPointerUp: (event: PointerEvent) => void;
    onPointerCancel: (event: PointerEvent) => void;
    onDoubleClick: (event: React.MouseEvent) => void;
  };
}

function sizeOf(element: HTMLElement | null): Size {
  return { width: element?.clientWidth ?? 0, height: element?.clientHeight ?? 0 };
}

/** Pointer position relative to the centre of the stage. */
function pointOf(event: { clientX: number; clientY: number }, element: HTMLElement | null): Point {
  const box = element?.getBoundingClientRect();
  if (box === undefined) return CENTRE;
  return {
    x: event.clientX - box.left - box.width / 2,
    y: event.clientY - box.top - box.height / 2,
  };
}

/** Zoom by wheel, double click or pinch, pan by drag. A new image name resets the view. */
export function useZoom(imageName: string): Zoom {
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const pointers = useRef(new Map<number, Point>());
  const [place, setPlace] = useState({ imageName, view: FITTED });
  const view = place.imageName === imageName ? place.view : FITTED;

  const change = (next: (view: View, size: Size) => View) => {
    setPlace((old) => {
      const from = old.imageName === imageName ? old.view : FITTED;
      return { imageName, view: next(from, sizeOf(stage)) };
    });
  };

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const at = pointOf(event, stage);
    const factor = wheelFactor(event.deltaY, event.deltaMode);
    change((from, size) => zoomed(from, factor, at, size));
  });

  // Otherwise Chromium takes a quick swipe for a fling, and the next tap for its end.
  const onTouchMove = useEffectEvent((event: TouchEvent) => {
    if (imageName !== "") event.preventDefault();
  });

  // React's wheel and touch listeners are passive: they cannot keep the page from scrolling.
  useEffect(() => {
    stage?.addEventListener("wheel", onWheel, { passive: false });
    stage?.addEventListener("touchmove", onTouchMove, { passive: false });
    return () => {
      stage?.removeEventListener("wheel", onWheel);
      stage?.removeEventListener("touchmove", onTouchMove);
    };
  }, [stage]);

  const onPointerDown = (event: PointerEvent) => {
    pointers.current.set(event.pointerId, pointOf(event, stage));
    if (view.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
  };

  const onPointerMove = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = pointOf(event, stage);
    pointers.current.set(event.pointerId, now);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    if (other === undefined) {
      change((from, size) => moved(from, { x: now.x - before.x, y: now.y - before.y }, size));
      return;
    }
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    change((from, size) => zoomed(from, factor, middle(now, other), size));
  };

  const onPointerEnd = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId);
  };

  return {
    setStage,
    view,
    zoomBy: (factor) => {
      change((from, size) => zoomed(from, factor, CENTRE, size));
    },
    reset: () => {
      setPlace({ imageName, view: FITTED });
    },
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp: onPointerEnd,
      onPointerCancel: onPointerEnd,
      onDoubleClick: (event) => {
        const at = pointOf(event, stage);
        change((from, size) => toggled(from, at, size));
      },
    },
  };
}
