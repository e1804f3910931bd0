import { Thumbnail } from "@/components/annotate/thumbnail";
import { cx } from "@/components/ui/cx";
import type { Decision } from "@/lib/annotate/decision";
import type { ThumbnailSize } from "@/lib/annotate/images";
import { formatScore } from "@/lib/format";
import type { Tile } from "@/lib/tile";

import { CAPTION_HEIGHT } from "../api/layout";

interface Props {
  id: string;
  /** Position in the list. */
  index: number;
  column: number;
  /** Null while the row is loading. */
  tile: Tile | null;
  /** The sample's active decision, by any reviewer. */
  decision: Decision | null;
  isSelected: boolean;
  isFocused: boolean;
  imageHeight: number;
  imageSize: ThumbnailSize;
}

/** Short text of a decision; its symbol is readable without colour. */
export function shortDecision({ verdict, label }: Decision): string {
  switch (verdict) {
    case "correct":
      return "✓ correct";
    case "wrong":
      return `→ ${label ?? ""}`;
    case "wrong_unknown":
      return "✗ wrong";
    case "unsure":
      return "? unsure";
    case "unusable":
      return "⊘ unusable";
  }
}

function tileName(tile: Tile, decision: Decision | null): string {
  const { rank, given, suggested, score, isChanged = false } = tile;
  const open = isChanged ? "not reviewed, changed by the model" : "not reviewed";
  const state = decision === null ? open : shortDecision(decision);
  const place = rank === null ? "" : `Rank ${rank}, `;
  return `${place}given ${given}, suggested ${suggested}, score ${formatScore(score)}, ${state}`;
}

function Caption({ tile, decision }: { tile: Tile; decision: Decision | null }) {
  const { given, suggested, score, note, isChanged = false } = tile;
  const isGood = decision?.verdict === "correct";
  return (
    <span
      className="block px-1.5 pt-1 text-xs leading-[1.15rem]"
      style={{ height: CAPTION_HEIGHT }}
    >
      <span className="block truncate" title={`${given} → ${suggested}`}>
        {given}
        {given !== suggested && <span className="font-semibold text-accent"> → {suggested}</span>}
      </span>
      <span className="flex justify-between gap-1 text-muted">
        <span>{note ?? score.toFixed(2)}</span>
        {decision === null && isChanged && (
          <span className="truncate font-semibold text-warn">changed by model</span>
        )}
        {decision !== null && (
          <span className={cx("truncate font-semibold", isGood ? "text-good" : "text-bad")}>
            {shortDecision(decision)}
          </span>
        )}
      </span>
    </span>
  );
}

/** One sample in the grid: image, labels, score and decision. */
export function GridTile(props: Props) {
  const { id, index, column, tile, decision, isSelected, isFocused, imageHeight, imageSize } =
    props;
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isSelected}
      data-index={index}
      data-sample={tile?.sampleId}
      className={cx(
        "min-w-0 overflow-hidden rounded-md border",
        isSelected
          ? "border-accent bg-accent-soft shadow-[0_0_0_1px_var(--accent)]"
          : "border-line bg-surface",
        isFocused && "outline-offset-1 outline-ink group-focus/grid:outline-2",
      )}
    >
      <span className="relative flex bg-stage p-0.5" style={{ height: imageHeight }}>
        {tile === null ? (
          <span aria-hidden="true" data-placeholder className="absolute inset-0 bg-line/60" />
        ) : (
          <Thumbnail key={tile.sampleId} sampleId={tile.sampleId} size={imageSize} />
        )}
      </span>
      <span className="sr-only">
        {tile === null ? `Row ${index + 1}, loading` : tileName(tile, decision)}
      </span>
      {tile !== null && <Caption tile={tile} decision={decision} />}
    </div>
  );
}
