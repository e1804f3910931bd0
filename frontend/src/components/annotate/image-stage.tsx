import { type CSSProperties, useState } from "react";

import { cx } from "@/components/ui/cx";
import { imageUrl } from "@/lib/annotate/images";
import type { Item } from "@/lib/annotate/item";
import type { Zoom } from "@/lib/annotate/use-zoom";

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

interface Props {
  item: Shown;
  /** Shown next: fetched and decoded out of sight, so that they are there at once. */
  upcoming: readonly Shown[];
  zoom: Zoom;
}

/** One image as large as the room allows, and the next ones behind it. */
export function ImageStage({ item, upcoming, zoom }: Props) {
  const [sides, setSides] = useState<ReadonlyMap<string, number>>(new Map());
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const { scale, x, y } = zoom.view;
  const images = [item, ...upcoming.filter(({ sampleId }) => sampleId !== item.sampleId)];
  const isWaiting = !sides.has(item.sampleId) && !broken.has(item.sampleId);

  return (
    <>
      {images.map(({ sampleId, fileName }) => {
        const isCurrent = sampleId === item.sampleId;
        const side = sides.get(sampleId);
        return (
          <img
            // The element that was loaded out of sight is the one that is shown: nothing is left to do then.
            key={sampleId}
            src={imageUrl(sampleId)}
            alt={isCurrent ? `Sample ${fileName}` : ""}
            aria-hidden={!isCurrent}
            draggable={false}
            decoding={isCurrent ? "sync" : "async"}
            className={cx(
              "absolute inset-0 m-auto h-full w-full object-contain",
              (!isCurrent || side === undefined) && "invisible",
            )}
            style={{
              ...styleFor(side ?? TINY_SIDE + 1, isCurrent ? scale : 1),
              ...(isCurrent && { transform: `translate(${x}px, ${y}px) scale(${scale})` }),
            }}
            onLoad={({ currentTarget }) => {
              const { naturalWidth, naturalHeight } = currentTarget;
              setSides((old) => new Map(old).set(sampleId, Math.max(naturalWidth, naturalHeight)));
              // A failure shows when the image is; decoding ahead is only for speed.
              if (!isCurrent) void currentTarget.decode().catch(() => undefined);
            }}
            onError={() => {
              setBroken((old) => new Set(old).add(sampleId));
            }}
          />
        );
      })}
      {isWaiting && (
        <p role="status" className="m-auto animate-pulse text-muted">
          Loading the image
        </p>
      )}
      {broken.has(item.sampleId) && (
        <p role="alert" className="m-auto max-w-xs text-center text-muted">
          This image could not be loaded. Skip it, or go back to it later.
        </p>
      )}
    </>
  );
}
