import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";

import { ClassSearch } from "@/components/annotate/class-search";
import { Button } from "@/components/ui/button";
import { useQueueState } from "@/lib/annotate/decision-queues";
import { formatCount, formatPlural } from "@/lib/format";
import { useStoredString } from "@/lib/use-stored-string";

import { batchQueueFor } from "../api/batch-queues";
import type { TileList } from "../api/tile-list";
import { activeDecision } from "../api/active-decision";
import { layOut, MAX_TILE, MIN_TILE } from "../api/layout";
import { NOTHING } from "../api/selection";
import { ConfirmMany } from "./confirm-many";
import { GridActions } from "./grid-actions";
import { GridCanvas } from "./grid-canvas";
import { GridFrame } from "./grid-frame";
import { GridSheet } from "./grid-sheet";
import { TagDialog } from "./tag-dialog";
import { QueueStatus } from "./queue-status";
import { RemoveDialog, SplitDialog } from "./selection-dialogs";
import { useGrid } from "./use-grid";
import { useSize } from "@/lib/use-size";

const DEFAULT_TILE = 132;

interface Props {
  datasetId: string;
  jobId: string;
  classes: readonly string[];
  list: TileList;
  header: ReactNode;
  filters: ReactNode;
  kinds?: ReactNode;
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
  const { datasetId, jobId, classes, list, header, kinds, filters } = props;
  const { total, loaded, tileAt } = list;
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const [storedSize, setStoredSize] = useStoredString("mslg.tile-size");
  const tileSize = Number(storedSize) || DEFAULT_TILE;

  const queue = batchQueueFor(datasetId, jobId);
  const state = useQueueState(queue);
  const layout = layOut(total, width, tileSize);
  const pageRows = Math.max(1, Math.floor(height / layout.rowHeight));
  const grid = useGrid({
    shape: { total, columns: layout.columns, pageRows },
    classes,
    tileOf: tileAt,
    queue,
    onKey: () => scroller.current?.focus({ preventScroll: true }),
    onSimilar: ({ sampleId }) =>
      void navigate({
        to: "/jobs/$jobId/selection",
        params: { jobId },
        search: { like: sampleId },
      }),
  });
  const { selection, setSelection, dialog, closeDialog, notice, perform } = grid;
  const startOver = () => {
    closeDialog();
    setSelection(NOTHING);
  };

  return (
    <GridFrame
      header={header}
      kinds={kinds}
      filters={filters}
      size={<SizeSlider value={tileSize} onChange={setStoredSize} />}
      status={
        <>
          <span role="status" className="text-sm text-warn empty:hidden">
            {notice}
          </span>
          <QueueStatus datasetId={datasetId} queue={queue} state={state} />
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
        tileOf={tileAt}
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
      {dialog.type === "remove" && (
        <RemoveDialog
          datasetId={datasetId}
          sampleIds={dialog.sampleIds}
          onClose={closeDialog}
          onDone={startOver}
        />
      )}
      {dialog.type === "split" && (
        <SplitDialog
          datasetId={datasetId}
          jobId={jobId}
          sampleIds={dialog.sampleIds}
          onClose={closeDialog}
          onDone={startOver}
        />
      )}
      <GridSheet open={dialog.type === "help"} onClose={closeDialog} />
      <TagDialog
        datasetId={datasetId}
        sampleIds={dialog.type === "tag" ? dialog.sampleIds : null}
        onClose={closeDialog}
      />
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
