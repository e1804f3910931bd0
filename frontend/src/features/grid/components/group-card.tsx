import { Link } from "@tanstack/react-router";

import { Thumbnail } from "@/components/annotate/thumbnail";
import { Badge } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { LINK } from "@/components/ui/table";
import type { Decision } from "@/lib/annotate/decision";
import { formatPlural } from "@/lib/format";
import type { Tile } from "@/lib/tile";

import type { BulkDecision } from "../api/grid-keys";
import { type Group, keyOf, settledClass } from "../api/groups";
import { shortDecision } from "./grid-tile";
import { KeyButton } from "./key-button";

const IMAGE_SIDE = 150;

interface Props {
  id: string;
  jobId: string;
  group: Group;
  classes: readonly string[];
  isFocused: boolean;
  decisionOf: (tile: Tile) => Decision | null;
  onFocus: () => void;
  onDecide: (decision: BulkDecision) => void;
}

function Member({ tile, decision }: { tile: Tile; decision: Decision | null }) {
  return (
    <li className="min-w-0 shrink-0" style={{ width: IMAGE_SIDE }}>
      <span
        className="relative flex rounded-md bg-stage p-0.5"
        style={{ height: IMAGE_SIDE }}
        title={`${tile.given} → ${tile.suggested}`}
      >
        <Thumbnail key={tile.sampleId} sampleId={tile.sampleId} size={192} />
      </span>
      <span className="block truncate px-0.5 pt-1 text-xs" title={tile.given}>
        <span className="sr-only">given label </span>
        {tile.given}
        {tile.given !== tile.suggested && (
          <span className="font-semibold text-accent"> → {tile.suggested}</span>
        )}
      </span>
      <span className="flex justify-between gap-1 px-0.5 text-xs text-muted">
        <span>{tile.note}</span>
        {decision !== null && (
          <span
            className={cx(
              "truncate font-semibold",
              decision.verdict === "correct" ? "text-good" : "text-bad",
            )}
          >
            {shortDecision(decision)}
          </span>
        )}
      </span>
    </li>
  );
}

function Heading({ group, settled }: { group: Group; settled: string | null }) {
  const { number, size, isExact, labelsDisagree, tiles } = group;
  return (
    <h2 className="flex min-h-6 items-center gap-2 text-sm">
      <span className="font-medium whitespace-nowrap">
        {isExact ? "Exact" : "Near"} duplicates {number}
      </span>
      {settled === null ? (
        labelsDisagree && <Badge look="warn">Labels disagree</Badge>
      ) : (
        <Badge look="good">✓ {settled}</Badge>
      )}
      <span className="ml-auto whitespace-nowrap text-muted">
        {formatPlural(size, "image")}
        {tiles.length < size && `, ${tiles.length} shown`}
      </span>
    </h2>
  );
}

/** One group, its images side by side, with a button for each label that it may get. */
export function GroupCard(props: Props) {
  const { id, jobId, group, classes, isFocused, decisionOf, onFocus, onDecide } = props;
  const first = group.tiles[0];
  return (
    <div
      id={id}
      role="group"
      aria-label={`Group ${group.number}: ${group.choices.join(", ")}`}
      aria-current={isFocused}
      // Roving: the arrow keys move between groups.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={isFocused ? 0 : -1}
      className={cx(
        "flex min-w-0 flex-col gap-2 rounded-lg border bg-surface px-3 py-2 outline-offset-0",
        isFocused ? "border-accent shadow-[0_0_0_1px_var(--accent)]" : "border-line",
      )}
      {...{ onFocus }}
    >
      <Heading group={group} settled={settledClass(group, decisionOf)} />
      <ul
        aria-label={`Images of group ${group.number}`}
        // Focusable, so that arrow keys scroll it.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="flex grow gap-2 overflow-x-auto pb-1"
      >
        {group.tiles.map((tile) => (
          <Member key={tile.sampleId} tile={tile} decision={decisionOf(tile)} />
        ))}
      </ul>
      <div className="flex items-center gap-1.5 overflow-x-auto py-0.5">
        {group.choices.map((label) => (
          <KeyButton
            key={label}
            name={label}
            keyHint={keyOf(label, group.suggested, classes)}
            onPress={() => {
              onDecide({ type: "label", label });
            }}
          />
        ))}
        {first !== undefined && (
          <Link
            to="/jobs/$jobId/selection"
            params={{ jobId }}
            search={{ like: first.sampleId }}
            className={`ml-auto px-1 text-sm whitespace-nowrap ${LINK}`}
          >
            Similar images
          </Link>
        )}
      </div>
    </div>
  );
}
