import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useRef, useState } from "react";

import { ClassSearch } from "@/components/annotate/class-search";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { KeyList, type KeyRow } from "@/components/ui/key-list";
import { useQueueState } from "@/lib/annotate/decision-queues";
import { formatPlural } from "@/lib/format";
import { useSize } from "@/lib/use-size";

import { activeDecision } from "../api/active-decision";
import { batchQueueFor } from "../api/batch-queues";
import type { Group } from "../api/groups";
import { GridFrame } from "./grid-frame";
import { GroupActions } from "./group-actions";
import { GroupCard } from "./group-card";
import { GroupList, ROW_HEIGHT } from "./group-list";
import { QueueStatus } from "./queue-status";
import { useGroups } from "./use-groups";

/** Least width of a card in pixels. */
const CARD_WIDTH = 480;

const KEY_ROWS: readonly KeyRow[] = [
  [["←", "↑", "→", "↓"], "Move between groups"],
  [["S"], "Give all images of the group the suggestion"],
  [["1", "–", "0"], "Give all images a class"],
  [["/"], "Search for a class"],
  [["A"], "Keep each image's given label"],
  [["W"], "Wrong, class unknown"],
  [["U"], "Unsure"],
  [["X"], "Unusable"],
  [["M"], "Open images similar to the group's first"],
  [["⌫", "Ctrl + Z"], "Undo the latest decision for all its images"],
  [["?"], "Show shortcuts"],
];

interface Props {
  datasetId: string;
  jobId: string;
  classes: readonly string[];
  /** The loaded groups; at least one. */
  groups: readonly Group[];
  total: number;
  onEnd: () => void;
  header: ReactNode;
  filters: ReactNode;
}

/** The groups and all controls that act on them. */
export function DuplicatesContent(props: Props) {
  const { datasetId, jobId, classes, groups, total, onEnd, header, filters } = props;
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const [moves, setMoves] = useState(0);
  const columns = Math.max(1, Math.floor(width / CARD_WIDTH));
  const queue = batchQueueFor(datasetId, jobId);
  const state = useQueueState(queue);
  const { focus, setFocus, dialog, closeDialog, perform, decide } = useGroups({
    groups,
    shape: {
      total: groups.length,
      columns,
      pageRows: Math.max(1, Math.floor(height / ROW_HEIGHT)),
    },
    classes,
    queue,
    onFocus: () => {
      setMoves(moves + 1);
    },
    onSimilar: ({ sampleId }) =>
      void navigate({
        to: "/jobs/$jobId/selection",
        params: { jobId },
        search: { like: sampleId },
      }),
  });

  return (
    <GridFrame
      header={header}
      filters={filters}
      status={
        <>
          <QueueStatus datasetId={datasetId} queue={queue} state={state} />
          <span className="text-sm text-muted">{formatPlural(total, "group")}</span>
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
      <GroupList
        scroller={scroller}
        groups={groups}
        columns={columns}
        focus={focus}
        moves={moves}
        onEnd={onEnd}
      >
        {(group, index, id) => (
          <GroupCard
            key={group.number}
            id={id}
            jobId={jobId}
            group={group}
            classes={classes}
            isFocused={index === focus}
            decisionOf={(tile) => activeDecision(tile, state.decisions)}
            onFocus={() => {
              setFocus(index);
            }}
            onDecide={(decision) => {
              decide(index, decision);
            }}
          />
        )}
      </GroupList>
      <GroupActions canUndo={state.canUndo} perform={perform} />
      <ClassSearch
        classes={classes}
        open={dialog === "search"}
        onClose={closeDialog}
        onChoose={(label) => {
          closeDialog();
          decide(focus, { type: "label", label });
        }}
      />
      <Dialog
        title="Keyboard shortcuts"
        description="A decision is on all images of the group with the focus."
        open={dialog === "help"}
        onOpenChange={closeDialog}
      >
        <KeyList rows={KEY_ROWS} />
      </Dialog>
    </GridFrame>
  );
}
