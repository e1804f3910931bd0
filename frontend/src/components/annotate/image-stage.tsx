import { useEffect, useState } from "react";

import { API_ROOT } from "@/lib/client/client";

/** Images below this many pixels a side are shown as pixels, not as a blur. */
const TINY_SIDE = 128;
const PRELOADED = 4;

export function imageUrl(sampleId: string): string {
  return `${API_ROOT}/samples/${sampleId}/image`;
}

interface Props {
  sampleId: string;
  alt: string;
}

/** One image as large as the room allows. */
export function ImageStage({ sampleId, alt }: Props) {
  const [shown, setShown] = useState({ sampleId: "", isTiny: false, isBroken: false });
  const isCurrent = shown.sampleId === sampleId;

  if (isCurrent && shown.isBroken) {
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
      className="h-full w-full object-contain"
      style={{ imageRendering: isCurrent && shown.isTiny ? "pixelated" : "auto" }}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        const isTiny = Math.max(naturalWidth, naturalHeight) <= TINY_SIDE;
        setShown({ sampleId, isTiny, isBroken: false });
      }}
      onError={() => {
        setShown({ sampleId, isTiny: false, isBroken: true });
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
