import type { PointerEvent, ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { Item } from "@/lib/annotate/item";
import type { Action } from "@/lib/annotate/keymap";
import { useSmoothing } from "@/lib/annotate/smoothing";
import { swipeOf } from "@/lib/annotate/swipes";
import { type Swipe, useSwipe } from "@/lib/annotate/use-swipe";
import type { Zoom } from "@/lib/annotate/use-zoom";

import { SwipeHint, SwipeLayer } from "./swipe-layer";

interface Props {
  zoom: Zoom;
  perform: (action: Action) => void;
  /** The image to zoom and to decide on. */
  item: Item | undefined;
  caption: ReactNode;
  children: ReactNode;
}

const BUTTONS = [
  { type: "zoomOut", name: "Zoom out", sign: "−" },
  { type: "zoomReset", name: "Fit image", sign: "⤢" },
  { type: "zoomIn", name: "Zoom in", sign: "+" },
] as const;

function ZoomButtons({ scale, perform }: Pick<Props, "perform"> & { scale: number }) {
  const [isSmooth, toggleSmoothing] = useSmoothing();
  return (
    <div className="absolute right-2 bottom-2 flex items-center gap-px overflow-hidden rounded-md border border-line bg-surface">
      {BUTTONS.map(({ type, name, sign }) => (
        <button
          key={type}
          type="button"
          aria-label={name}
          title={name}
          className="flex size-7 items-center justify-center text-muted -outline-offset-2 hover:bg-raised hover:text-ink pointer-coarse:size-11"
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            perform({ type });
          }}
        >
          <span aria-hidden="true">{sign}</span>
        </button>
      ))}
      <button
        type="button"
        aria-pressed={isSmooth}
        title="Enlarge small images smoothly"
        className="h-7 px-1.5 text-xs text-muted -outline-offset-2 hover:bg-raised hover:text-ink aria-pressed:text-accent pointer-coarse:h-11"
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={toggleSmoothing}
      >
        Smooth
      </button>
      <span className="min-w-11 px-1 text-right text-xs text-muted max-sm:hidden">
        {Math.round(scale * 100)} %
      </span>
    </div>
  );
}

/** A swipe may slip: undo is within reach of the same thumb. */
function TouchUndo({ perform }: Pick<Props, "perform">) {
  return (
    <Button
      className="absolute bottom-2 left-2 hidden min-h-11 pointer-coarse:flex"
      onClick={() => {
        perform({ type: "undo" });
      }}
    >
      Undo latest
    </Button>
  );
}

/** The handlers of both: zoom ignores one finger unless zoomed in, and swipes are off while zoomed in. */
function withSwipe(zoom: Zoom["handlers"], swipe: Swipe["handlers"]): Zoom["handlers"] {
  const both = (name: keyof Swipe["handlers"]) => (event: PointerEvent) => {
    zoom[name](event);
    swipe[name](event);
  };
  return {
    ...zoom,
    onPointerDown: both("onPointerDown"),
    onPointerMove: both("onPointerMove"),
    onPointerUp: both("onPointerUp"),
    onPointerCancel: both("onPointerCancel"),
  };
}

/** Image area: zoom by wheel, double click or pinch, pan by drag, decide by swipe; buttons and shortcuts do the same. */
export function StageFrame({ zoom, perform, item, caption, children }: Props) {
  const { setStage, view, handlers } = zoom;
  const isZoomed = view.scale > 1;
  const swipe = useSwipe(item !== undefined && !isZoomed, (direction) => {
    const meant = item === undefined ? null : swipeOf(direction, item);
    if (meant !== null) perform(meant.action);
  });
  return (
    <section
      aria-label="Image"
      className="flex min-h-0 flex-col overflow-hidden rounded-lg border border-line bg-surface"
    >
      <div className="relative flex min-h-0 grow overflow-hidden bg-stage">
        {/* Pointer only: buttons and shortcuts do the same. */}
        <div
          ref={setStage}
          className={cx(
            "absolute inset-3 flex",
            item !== undefined && "touch-none",
            isZoomed && "cursor-grab active:cursor-grabbing",
          )}
          {...withSwipe(handlers, swipe.handlers)}
        >
          <SwipeLayer swipe={swipe} item={item}>
            {children}
          </SwipeLayer>
        </div>
        {item !== undefined && <ZoomButtons scale={view.scale} perform={perform} />}
        <TouchUndo perform={perform} />
      </div>
      {item !== undefined && <SwipeHint hasSuggestion={item.suggested !== null} />}
      {caption}
    </section>
  );
}
