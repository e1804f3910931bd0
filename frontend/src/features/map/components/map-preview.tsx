import { Link } from "@tanstack/react-router";

import { Thumbnail } from "@/components/annotate/thumbnail";
import { formatScore } from "@/lib/format";
import type { Tile } from "@/lib/tile";
import { VERDICT_NAMES } from "@/lib/verdicts";

import type { Size } from "../api/view";

const WIDTH = 184;
const HEIGHT = 250;
const GAP = 14;

interface Props {
  jobId: string;
  tile: Tile;
  /** Position of the point on the canvas. */
  left: number;
  top: number;
  size: Size;
  /** A pinned preview stays and has a link. */
  isPinned: boolean;
}

/** The image of a point and what the job found, beside the point. */
export function MapPreview({ jobId, tile, left, top, size, isPinned }: Props) {
  const isLeft = left + GAP + WIDTH > size.width;
  const x = Math.max(4, isLeft ? left - GAP - WIDTH : left + GAP);
  const y = Math.max(4, Math.min(size.height - HEIGHT - 4, top - HEIGHT / 2));
  return (
    <div
      className={`absolute z-10 overflow-hidden rounded-lg border border-line bg-surface text-sm shadow-lg ${isPinned ? "" : "pointer-events-none"}`}
      style={{ left: x, top: y, width: WIDTH }}
    >
      <span className="relative flex h-40 bg-stage p-1">
        <Thumbnail key={tile.sampleId} sampleId={tile.sampleId} size={192} />
      </span>
      <span className="block px-2 py-1.5">
        <span className="block truncate" title={`${tile.given} → ${tile.suggested}`}>
          {tile.given}
          {tile.given !== tile.suggested && (
            <span className="font-semibold text-accent"> → {tile.suggested}</span>
          )}
        </span>
        <span className="block text-xs text-muted">
          score {formatScore(tile.score)} ·{" "}
          {tile.verdict === null ? "not reviewed" : VERDICT_NAMES[tile.verdict]}
        </span>
        {isPinned && (
          <Link
            to="/jobs/$jobId/selection"
            params={{ jobId }}
            search={{ like: tile.sampleId }}
            className="mt-1 flex min-h-6 items-center text-accent underline-offset-2 hover:underline pointer-coarse:min-h-11"
          >
            Similar images
          </Link>
        )}
      </span>
    </div>
  );
}
