import { useEffect, useRef, useState } from "react";

import { cx } from "@/components/ui/cx";
import { thumbnailUrl, type ThumbnailSize } from "@/lib/annotate/images";

/** Tiles visible for less than this send no request. */
const SETTLE_MS = 50;
/** Images up to this side length are scaled without smoothing. */
const TINY_SIDE = 96;

type State = "waiting" | "loading" | "shown" | "failed";

interface Props {
  sampleId: string;
  size: ThumbnailSize;
}

/** Whether the tile has been visible for `SETTLE_MS`. Images shown before come from the browser's cache. */
function useSettled(): boolean {
  const [isSettled, setIsSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setIsSettled(true);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return isSettled;
}

/** A sample's image in the grid. Decorative: the tile has a text alternative. */
export function Thumbnail({ sampleId, size }: Props) {
  const isSettled = useSettled();
  const [state, setState] = useState<State>("waiting");
  const image = useRef<HTMLImageElement>(null);

  useEffect(() => {
    const element = image.current;
    // Cancel the request of a removed tile, so that it does not delay visible ones.
    return () => element?.removeAttribute("src");
  }, [isSettled]);

  if (state === "failed") {
    return <span className="m-auto px-1 text-center text-xs text-muted">no image</span>;
  }
  return (
    <>
      {state !== "shown" && (
        <span aria-hidden="true" data-placeholder className="absolute inset-0 bg-line/60" />
      )}
      {isSettled && (
        <img
          ref={image}
          src={thumbnailUrl(sampleId, size)}
          alt=""
          draggable={false}
          decoding="async"
          className={cx("h-full w-full object-contain", state !== "shown" && "opacity-0")}
          onLoad={({ currentTarget }) => {
            const { naturalWidth, naturalHeight, style } = currentTarget;
            if (Math.max(naturalWidth, naturalHeight) <= TINY_SIDE) {
              style.imageRendering = "pixelated";
            }
            setState("shown");
          }}
          onError={() => {
            setState("failed");
          }}
        />
      )}
    </>
  );
}
