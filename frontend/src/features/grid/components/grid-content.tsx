import { type ReactNode, useCallback, useRef } from "react";

import { ClassSearch } from "@/components/annotate/class-search";
import { ConflictsNotice } from "@/components/annotate/conflicts-notice";
import { SaveState } from "@/components/annotate/save-state";
import { Button } from "@/components/ui/button";
import type { Decision } from "@/lib/annotate/decision";
import { useQueueState } from "@/lib/annotate/decision-queues";
import type { ResultColumns } from "@/lib/client/types";
import { formatCount, formatPlural } from "@/lib/format";
import { useStoredString } from "@/lib/use-stored-string";

import { batchQueueFor } from "../api/batch-queues";
import { countLoaded, type Tile, tileAt } from "../api/columns";
import { layOut, MAX_TILE, MIN_TILE } from "../api/layout";
import { ConfirmMany } from "./confirm-many";
import { GridActions } from "./grid-actions";
import { GridCanvas } from "./grid-canvas";
import { GridFrame } from "./grid-frame";
import { GridSheet } from "./grid-sheet";
import { useGrid } from "./use-grid";
import { useSize } from "./use-size";

const DEFAULT_TILE = 132;

interface Props {
  datasetId: string;
  jobId: string;
  classes: readonly string[];
  /** The loaded pages of columns. */
  pages: readonly ResultColumns[];
  /** Filtered rows, loaded or not; at least one. */
  total: number;
  header: ReactNode;
  filters: ReactNode;
}

/** Active decision on a tile: this browser's latest, or the service's. */
function activeDecision(
  { sampleId, verdict, settled }: Tile,
  decisions: ReadonlyMap<string, Decision | null>,
): Decision | null {
  const own = decisions.get(sampleId);
  if (own !== undefined) return own;
  return verdict === null ? null : { verdict, label: settled };
}

function SizeSlider({ value, onChange }: { value: number; onChange: (value: string) => void }) {
  return (
    <label className="ml-auto flex items-center gap-2 text-sm text-muted">
      Size
      <input
        type="range"
        className="h-6 w-28 accent-accent"
        min={MIN_TILE}
        max={MAX_TILE}
        step={4}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}

/** The images and all controls that act on them. */
export function GridContent(props: Props) {
  const { datasetId, jobId, classes, pages, total, header, filters } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const [storedSize, setStoredSize] = useStoredString("mslg.tile-size");
  const tileSize = Number(storedSize) || DEFAULT_TILE;
  const tileOf = useCallback((index: number) => tileAt(pages, classes, index), [pages, classes]);

  const queue = batchQueueFor(datasetId, jobId);
  const state = useQueueState(queue);
  const layout = layOut(total, width, tileSize);
  const pageRows = Math.max(1, Math.floor(height / layout.rowHeight));
  const grid = useGrid({
    shape: { total, columns: layout.columns, pageRows },
    classes,
    tileOf,
    queue,
    onKey: () => scroller.current?.focus({ preventScroll: true }),
  });
  const { selection, setSelection, dialog, closeDialog, notice, perform } = grid;
  const loaded = countLoaded(pages);

  return (
    <GridFrame
      header={header}
      filters={filters}
      size={<SizeSlider value={tileSize} onChange={setStoredSize} />}
      status={
        <>
          <span role="status" className="text-sm text-warn empty:hidden">
            {notice}
          </span>
          <SaveState state={state} onRetry={queue.retryNow} onDismiss={queue.dismissRefused} />
          <ConflictsNotice
            datasetId={datasetId}
            onUseMine={(conflicts) => {
              queue.decide(
                conflicts.map(({ sampleId, yours, theirs }) => ({
                  sampleId,
                  decision: yours,
                  seen: theirs.id,
                })),
              );
            }}
          />
          <span className="text-sm text-muted">
            {formatPlural(total, "image")}
            {loaded < total && `, ${formatCount(loaded)} loaded`}
          </span>
          <Button
            onClick={() => {
              perform({ type: "help" });
            }}
          >
            Shortcuts
          </Button>
        </>
      }
    >
      <GridCanvas
        scroller={scroller}
        layout={layout}
        total={total}
        tileOf={tileOf}
        decisionOf={(tile) => activeDecision(tile, state.decisions)}
        selection={selection}
        onSelect={setSelection}
      />
      <GridActions
        classes={classes}
        selected={selection.chosen.size}
        canUndo={state.canUndo}
        perform={perform}
      />
      <ClassSearch
        classes={classes}
        open={dialog.type === "search"}
        onClose={closeDialog}
        onChoose={(label) => {
          closeDialog();
          grid.decide({ type: "label", label });
        }}
      />
      <GridSheet open={dialog.type === "help"} onClose={closeDialog} />
      <ConfirmMany
        count={dialog.type === "confirm" ? dialog.count : null}
        onClose={closeDialog}
        onConfirm={() => {
          if (dialog.type === "confirm") grid.apply(dialog.decision);
        }}
      />
    </GridFrame>
  );
}
