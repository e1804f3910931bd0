import { type CSSProperties, useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { imageUrl } from "@/lib/annotate/images";
import type { Item } from "@/lib/annotate/item";
import { useSmoothing } from "@/lib/annotate/smoothing";
import { FITTED, type View } from "@/lib/annotate/zoom";

/** Images up to this side length are scaled without smoothing, unless the reviewer wants it. */
const TINY_SIDE = 128;
/** Largest magnification of a tiny image. */
const MAX_BLOW_UP = 12;
const MIN_SHOWN_SIDE = 288;

type Shown = Pick<Item, "sampleId" | "fileName">;

/** `side`: longer side of the image in pixels. Strongly zoomed images are not smoothed either. */
function styleFor(side: number, scale: number, isSmooth: boolean): CSSProperties {
  const imageRendering = isSmooth ? undefined : "pixelated";
  if (side > TINY_SIDE) return { imageRendering: scale > 4 ? imageRendering : undefined };
  const limit = Math.max(MIN_SHOWN_SIDE, side * MAX_BLOW_UP);
  return { imageRendering, maxHeight: limit, maxWidth: limit };
}

interface ImageProps {
  shown: Shown;
  isCurrent: boolean;
  view: View;
}

function StageImage({ shown: { sampleId, fileName }, isCurrent, view }: ImageProps) {
  /** Longer side in pixels; null until loaded. */
  const [side, setSide] = useState<number | null>(null);
  const [isSmooth] = useSmoothing();
  const [tries, setTries] = useState(1);
  const [failedTry, setFailedTry] = useState(0);
  const hasFailed = failedTry === tries;
  const retry = () => {
    setTries(tries + 1);
  };

  useEffect(() => {
    if (!hasFailed) return;
    const again = () => {
      setTries((count) => count + 1);
    };
    window.addEventListener("online", again);
    return () => {
      window.removeEventListener("online", again);
    };
  }, [hasFailed]);

  return (
    <>
      <img
        key={tries}
        src={imageUrl(sampleId)}
        alt={isCurrent ? `Sample ${fileName}` : ""}
        aria-hidden={!isCurrent}
        draggable={false}
        decoding={isCurrent ? "sync" : "async"}
        className={cx(
          "absolute inset-0 m-auto h-full w-full object-contain",
          (!isCurrent || side === null) && "invisible",
        )}
        style={{
          ...styleFor(side ?? 0, view.scale, isSmooth),
          transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
        }}
        onLoad={({ currentTarget }) => {
          setSide(Math.max(currentTarget.naturalWidth, currentTarget.naturalHeight));
          // Decoding ahead only saves time; errors are handled when the image is shown.
          if (!isCurrent) void currentTarget.decode().catch(() => undefined);
        }}
        onError={() => {
          setFailedTry(tries);
        }}
      />
      {isCurrent && side === null && !hasFailed && (
        <p role="status" className="m-auto animate-pulse text-muted">
          Loading image
        </p>
      )}
      {isCurrent && hasFailed && (
        <div role="alert" className="z-10 m-auto max-w-xs text-center text-muted">
          <p className="mb-3">This image failed to load. Try again, or skip it and return later.</p>
          <Button className="pointer-coarse:min-h-11" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
    </>
  );
}

interface Props {
  item: Shown;
  /** Next images: fetched and decoded while hidden. */
  upcoming: readonly Shown[];
  view: View;
}

/** The current image as large as possible, with the next ones preloaded behind it. */
export function ImageStage({ item, upcoming, view }: Props) {
  const others = upcoming.filter(({ sampleId }) => sampleId !== item.sampleId);
  return [item, ...others].map((shown) => {
    const isCurrent = shown.sampleId === item.sampleId;
    return (
      <StageImage
        // The preloaded element becomes the visible one, without another load.
        key={shown.sampleId}
        shown={shown}
        isCurrent={isCurrent}
        view={isCurrent ? view : FITTED}
      />
    );
  });
}
