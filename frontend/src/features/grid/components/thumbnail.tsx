import { useEffect, useRef, useState } from "react";

import { cx } from "@/components/ui/cx";
import { API_ROOT } from "@/lib/client/client";

/** Tiles that are flown over in less than this are not worth a request. */
const SETTLE_MS = 50;
/** Images of up to this many pixels a side are shown as pixels, not as a blur. */
const TINY_SIDE = 96;

type State = "waiting" | "loading" | "shown" | "failed";

interface Props {
  sampleId: string;
  size: number;
}

/** Waits until the tile has stayed for a moment; what was shown before comes back from the browser's cache. */
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

/** A sample's image in the grid, decorative: its tile says in words what it is. */
export function Thumbnail({ sampleId, size }: Props) {
  const isSettled = useSettled();
  const [state, setState] = useState<State>("waiting");
  const image = useRef<HTMLImageElement>(null);

  useEffect(() => {
    const element = image.current;
    // A tile that is gone must not hold up the tiles that are in sight.
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
          src={`${API_ROOT}/samples/${sampleId}/thumbnail?size=${size}`}
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
