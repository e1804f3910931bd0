import type { ReactNode } from "react";

import { cx } from "@/components/ui/cx";
import type { Action } from "@/lib/annotate/keymap";
import { useSmoothing } from "@/lib/annotate/smoothing";
import type { Zoom } from "@/lib/annotate/use-zoom";

interface Props {
  zoom: Zoom;
  perform: (action: Action) => void;
  /** Whether there is an image to zoom. */
  isZoomable: boolean;
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
      <span className="min-w-11 px-1 text-right text-xs text-muted">
        {Math.round(scale * 100)} %
      </span>
    </div>
  );
}

/** Image area: zoom by wheel, double click or pinch, pan by drag; buttons and shortcuts do the same. */
export function StageFrame({ zoom, perform, isZoomable, caption, children }: Props) {
  const { setStage, view, handlers } = zoom;
  const isZoomed = view.scale > 1;
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
            isZoomed ? "cursor-grab touch-none active:cursor-grabbing" : "touch-pan-y",
          )}
          {...handlers}
        >
          {children}
        </div>
        {isZoomable && <ZoomButtons scale={view.scale} perform={perform} />}
      </div>
      {caption}
    </section>
  );
}
