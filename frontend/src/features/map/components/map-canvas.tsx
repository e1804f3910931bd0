import { type ReactNode, type RefObject, useEffect, useRef } from "react";

import { cx } from "@/components/ui/cx";

import { diameterOf, drawPoints, type Painting } from "../api/raster";
import { type Size, toCanvas, type View, zoomOf } from "../api/view";
import type { Point, Tool, useMapPointer } from "./use-map-pointer";

/** More canvas pixels per CSS pixel cost time and are not seen. */
const MAX_PIXEL_RATIO = 2;

interface Props {
  box: RefObject<HTMLDivElement | null>;
  size: Size;
  view: View;
  painting: Painting;
  tool: Tool;
  /** Outline of the lasso or of the selection, in map coordinates. */
  outline: readonly Point[];
  /** Whether the cross marks the centre, from which the keyboard zooms. */
  hasCross: boolean;
  label: string;
  describedBy: string;
  handlers: ReturnType<typeof useMapPointer>;
  children: ReactNode;
}

/** Draws the points in the next frame. */
function usePoints({ size, view, painting }: Pick<Props, "size" | "view" | "painting">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const buffer = useRef<ImageData | null>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d") ?? null;
    if (context === null || size.width === 0 || size.height === 0) return;
    const frame = requestAnimationFrame(() => {
      const ratio = Math.min(MAX_PIXEL_RATIO, window.devicePixelRatio);
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      let image = buffer.current;
      if (image?.width !== width || image.height !== height) {
        Object.assign(context.canvas, { width, height });
        image = context.createImageData(width, height);
        buffer.current = image;
      }
      const diameter = diameterOf(painting.colours.length, zoomOf(view, size)) * ratio;
      drawPoints(
        new Uint32Array(image.data.buffer),
        { width, height },
        painting,
        { ...view, scale: view.scale * ratio },
        Math.max(1, Math.round(diameter)),
      );
      context.putImageData(image, 0, 0);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [size, view, painting]);
  return canvas;
}

/** The points, the outline of what is selected, and the controls on top of them. */
export function MapCanvas(props: Props) {
  const { box, size, view, tool, outline, hasCross, label, describedBy, handlers } = props;
  const canvas = usePoints(props);
  const corners = outline.map(([x, y]) => {
    const { left, top } = toCanvas(view, size, x, y);
    return `${left.toFixed(1)},${top.toFixed(1)}`;
  });
  return (
    <div className="relative min-h-0 min-w-0 grow overflow-hidden rounded-lg border border-line bg-surface">
      <div
        ref={box}
        role="application"
        aria-label={label}
        aria-describedby={describedBy}
        // Arrow keys move the map.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className={cx(
          "absolute inset-0 touch-none rounded-lg -outline-offset-2 select-none",
          tool === "lasso" ? "cursor-crosshair" : "cursor-grab active:cursor-grabbing",
        )}
        {...handlers}
      >
        <canvas ref={canvas} aria-hidden="true" className="size-full" />
        <svg aria-hidden="true" className="pointer-events-none absolute inset-0 size-full">
          {corners.length > 1 && (
            <polygon
              points={corners.join(" ")}
              className="fill-accent/10 stroke-accent"
              strokeWidth={1.5}
              strokeLinejoin="round"
            />
          )}
          {hasCross && (
            <path
              d={`M${size.width / 2 - 9} ${size.height / 2}h18M${size.width / 2} ${size.height / 2 - 9}v18`}
              className="stroke-ink"
              strokeWidth={1.5}
            />
          )}
        </svg>
      </div>
      {props.children}
    </div>
  );
}
