import { type CSSProperties, useEffect, useState } from "react";

import { API_ROOT } from "@/lib/client/client";

/** Images of up to this many pixels a side are shown as pixels, not as a blur. */
const TINY_SIDE = 128;
/** Blown up further than this, a tiny image is only blocks. */
const MAX_ZOOM = 12;
const MIN_SHOWN_SIDE = 288;
const PRELOADED = 4;

export function imageUrl(sampleId: string): string {
  return `${API_ROOT}/samples/${sampleId}/image`;
}

interface Shown {
  sampleId: string;
  /** Pixels of the longer side; null when the image could not be loaded. */
  side: number | null;
}

function styleFor(side: number): CSSProperties {
  if (side > TINY_SIDE) return {};
  const maxHeight = Math.max(MIN_SHOWN_SIDE, side * MAX_ZOOM);
  return { imageRendering: "pixelated", maxHeight };
}

interface Props {
  sampleId: string;
  alt: string;
}

/** One image as large as the room allows. */
export function ImageStage({ sampleId, alt }: Props) {
  const [shown, setShown] = useState<Shown | null>(null);
  const current = shown?.sampleId === sampleId ? shown : null;

  if (current?.side === null) {
    return (
      <p role="alert" className="m-auto max-w-xs text-center text-muted">
        This image could not be loaded. Skip it, or go back to it later.
      </p>
    );
  }
  return (
    <img
      key={sampleId}
      src={imageUrl(sampleId)}
      alt={alt}
      draggable={false}
      className="m-auto h-full w-full object-contain"
      style={current === null ? { visibility: "hidden" } : styleFor(current.side)}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        setShown({ sampleId, side: Math.max(naturalWidth, naturalHeight) });
      }}
      onError={() => {
        setShown({ sampleId, side: null });
      }}
    />
  );
}

/** Has the browser fetch what is about to be shown. */
export function usePreloadedImages(sampleIds: readonly string[], index: number): void {
  const upcoming = sampleIds.slice(index + 1, index + 1 + PRELOADED).join(" ");
  useEffect(() => {
    const images = upcoming
      .split(" ")
      .filter(Boolean)
      .map((sampleId) => {
        const image = new Image();
        image.src = imageUrl(sampleId);
        return image;
      });
    return () => {
      images.length = 0;
    };
  }, [upcoming]);
}
