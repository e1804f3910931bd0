import { type CSSProperties, useEffect, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { imageUrl } from "@/lib/annotate/images";
import type { Item } from "@/lib/annotate/item";
import { FITTED, type View } from "@/lib/annotate/zoom";

/** Images of up to this many pixels a side are shown as pixels, not as a blur. */
const TINY_SIDE = 128;
/** Blown up further than this, a tiny image is only blocks. */
const MAX_BLOW_UP = 12;
const MIN_SHOWN_SIDE = 288;

type Shown = Pick<Item, "sampleId" | "fileName">;

/** `side` in pixels is the image's longer one; once zoomed, whatever was enlarged shows its pixels. */
function styleFor(side: number, scale: number): CSSProperties {
  if (side > TINY_SIDE) return { imageRendering: scale > 4 ? "pixelated" : undefined };
  const limit = Math.max(MIN_SHOWN_SIDE, side * MAX_BLOW_UP);
  return { imageRendering: "pixelated", maxHeight: limit, maxWidth: limit };
}

interface ImageProps {
  shown: Shown;
  isCurrent: boolean;
  view: View;
}

function StageImage({ shown: { sampleId, fileName }, isCurrent, view }: ImageProps) {
  /** Pixels of the longer side; null until it is loaded. */
  const [side, setSide] = useState<number | null>(null);
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
          ...styleFor(side ?? 0, view.scale),
          transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
        }}
        onLoad={({ currentTarget }) => {
          setSide(Math.max(currentTarget.naturalWidth, currentTarget.naturalHeight));
          // A failure shows when the image is; decoding ahead is only for speed.
          if (!isCurrent) void currentTarget.decode().catch(() => undefined);
        }}
        onError={() => {
          setFailedTry(tries);
        }}
      />
      {isCurrent && side === null && !hasFailed && (
        <p role="status" className="m-auto animate-pulse text-muted">
          Loading the image
        </p>
      )}
      {isCurrent && hasFailed && (
        <div role="alert" className="z-10 m-auto max-w-xs text-center text-muted">
          <p className="mb-3">
            This image could not be loaded. Try again, skip it, or go back to it later.
          </p>
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
  /** Shown next: fetched and decoded out of sight, so that they are there at once. */
  upcoming: readonly Shown[];
  view: View;
}

/** One image as large as the room allows, and the next ones behind it. */
export function ImageStage({ item, upcoming, view }: Props) {
  const others = upcoming.filter(({ sampleId }) => sampleId !== item.sampleId);
  return [item, ...others].map((shown) => {
    const isCurrent = shown.sampleId === item.sampleId;
    return (
      <StageImage
        // The element that was loaded out of sight is the one that is shown: nothing is left to do then.
        key={shown.sampleId}
        shown={shown}
        isCurrent={isCurrent}
        view={isCurrent ? view : FITTED}
      />
    );
  });
}
