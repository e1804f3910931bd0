import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";

import { focusField } from "@/lib/annotate/command-keys";
import type { Decision } from "@/lib/annotate/decision";
import { queueFor } from "@/lib/annotate/decision-queues";
import type { Item } from "@/lib/annotate/item";
import type { Action, PanelName } from "@/lib/annotate/keymap";
import type { QueueRequest } from "@/lib/annotate/leases";
import { usePrefetchedDetails } from "@/lib/annotate/queries";
import { useAnnotator } from "@/lib/annotate/use-annotator";
import { useFolds } from "@/lib/annotate/use-folds";
import { useSeen } from "@/lib/annotate/use-seen";
import { useServedItems, useSupply } from "@/lib/annotate/use-served-items";
import { useZoom } from "@/lib/annotate/use-zoom";
import { ZOOM_STEP } from "@/lib/annotate/zoom";
import { byName, classesQuery, placesByKey } from "@/lib/classes";
import type { DatasetClass } from "@/lib/client/types";

import { ClassGuidelines } from "./class-guidelines";
import { ClassSearch } from "./class-search";
import { Comments } from "./comments-panel";
import { DecisionPanel } from "./decision-panel";
import { FocusBar } from "./focus-bar";
import { FoldPanel } from "./fold-panel";
import { Guidelines } from "./guidelines-panel";
import { ImageStage } from "./image-stage";
import { EvidenceStrip } from "./evidence-strip";
import { Metadata } from "./metadata-panel";
import { OpinionsList } from "./opinions-list";
import { Proposals } from "./proposals-panel";
import { ProposeDialog } from "./propose-dialog";
import { ShortcutSheet } from "./shortcut-sheet";
import { Tags } from "./tags-panel";
import { StageCaption } from "./stage-caption";
import { StageFrame } from "./stage-frame";
import { StageMessage } from "./stage-message";

const NO_SETTINGS: readonly DatasetClass[] = [];
/** More than speed requires, to bridge a lost connection. */
const PRELOADED = 8;

/** State of the view that its page can count. */
export interface FocusProgress {
  items: readonly Item[];
  /** Plus the items of earlier lists (other filters, other reviewer). */
  seen: readonly Item[];
  decisions: ReadonlyMap<string, Decision | null>;
  /** Samples in the queue beyond `items`; null while unknown. */
  remaining: number | null;
}

interface Props {
  datasetId: string;
  classes: readonly string[];
  guidelines: string;
  request: QueueRequest;
  heading: ReactNode;
  /** The page's own panels, on the left. */
  renderSide: (progress: FocusProgress) => ReactNode;
  /** Shown when no items are left. */
  finished: ReactNode;
}

/** Hides the suggestion while the verified set is built, to avoid anchoring bias. Undo can bring back an item with one. */
function withoutSuggestion(item: Item, classes: readonly string[]): Item {
  return { ...item, suggested: null, likely: null, choices: classes, rank: null, score: null };
}

/** An open panel for typing is not closed by its shortcut: the next letters are meant for its field. */
function focusOpenPanel(panel: PanelName): boolean {
  return focusField(document.querySelector(`[data-panel="${panel}"]`));
}

/** One image at a time, with its decisions and the evidence for them. */
export function FocusView(props: Props) {
  const { datasetId, classes, guidelines, request, heading, renderSide, finished } = props;
  const hasSuggestions = request.queue !== "verify";
  const queue = queueFor(datasetId);
  const served = useServedItems(datasetId, request, classes, queue);
  const { items, list, name } = served;
  const seen = useSeen(items);
  const folds = useFolds();
  const { data: settings = NO_SETTINGS } = useQuery(classesQuery(datasetId));
  const places = useMemo(() => placesByKey(settings, classes), [settings, classes]);
  const settingsOf = useMemo(() => byName(settings), [settings]);

  const annotator = useAnnotator({
    datasetId,
    classes,
    items,
    listName: name,
    queue,
    places,
    bringBack: (item, at) =>
      list.bringBack(hasSuggestions ? item : withoutSuggestion(item, classes), at),
    onView: (action) => {
      show(action);
    },
  });
  const { index, state, dialog, note, setDialog, setNote, perform, chooseClass, goTo } = annotator;
  const [searched, setSearched] = useState("");
  const item = items[index];
  const zoom = useZoom(item?.sampleId ?? "");
  useSupply(served, index);
  usePrefetchedDetails(items, hasSuggestions ? index : Infinity);

  const show = (action: Action) => {
    if (action.type === "zoomIn") zoom.zoomBy(ZOOM_STEP);
    else if (action.type === "zoomOut") zoom.zoomBy(1 / ZOOM_STEP);
    else if (action.type === "zoomReset") zoom.reset();
    else if (action.type === "fold" && !focusOpenPanel(action.panel)) folds.toggle(action.panel);
  };
  const closeDialog = () => {
    setDialog("none");
    setSearched("");
  };
  const skipped = items.findIndex(
    ({ sampleId }) => (state.decisions.get(sampleId) ?? null) === null,
  );

  return (
    <>
      <FocusBar
        datasetId={datasetId}
        heading={heading}
        state={state}
        queue={queue}
        isFirst={index === 0}
        perform={perform}
      />
      <div className="grid min-h-0 grow gap-4 lg:grid-cols-[14.5rem_minmax(0,1fr)_20rem] lg:grid-rows-1">
        <div className="-mx-1 space-y-3 px-1 max-lg:order-3 lg:overflow-y-auto">
          {renderSide({ items, seen, decisions: state.decisions, remaining: served.remaining })}
          <FoldPanel panel="guidelines" title="Guidelines" folds={folds}>
            <Guidelines text={guidelines} />
            <ClassGuidelines classes={settings} item={item} />
          </FoldPanel>
          <FoldPanel panel="metadata" title="Metadata" folds={folds}>
            {item !== undefined && <Metadata sampleId={item.sampleId} />}
          </FoldPanel>
          <FoldPanel panel="tags" title="Tags" folds={folds}>
            {item !== undefined && <Tags datasetId={datasetId} sampleId={item.sampleId} />}
          </FoldPanel>
          <FoldPanel panel="comments" title="Comments" folds={folds}>
            {item === undefined ? null : (
              <Comments
                sampleId={item.sampleId}
                onLeave={() => {
                  folds.toggle("comments");
                }}
              />
            )}
          </FoldPanel>
          <FoldPanel panel="proposals" title="Proposed classes" folds={folds}>
            <Proposals datasetId={datasetId} sampleId={item?.sampleId} />
          </FoldPanel>
        </div>
        <div className="flex min-h-0 flex-col gap-3 max-lg:contents">
          <div className="grid min-h-0 grow max-lg:order-1 max-lg:h-[38vh] max-lg:min-h-72">
            <StageFrame
              zoom={zoom}
              perform={perform}
              item={item}
              caption={<StageCaption item={item} note={note} />}
            >
              {item === undefined ? (
                <StageMessage
                  served={served}
                  skipped={skipped < 0 ? null : skipped}
                  goTo={goTo}
                  perform={perform}
                  finished={finished}
                />
              ) : (
                <ImageStage
                  item={item}
                  upcoming={items.slice(index + 1, index + 1 + PRELOADED)}
                  view={zoom.view}
                />
              )}
            </StageFrame>
          </div>
          {item !== undefined && <OpinionsList item={item} />}
          {hasSuggestions && item?.jobId != null && (
            <div className="max-lg:order-2">
              <EvidenceStrip jobId={item.jobId} item={item} folds={folds} />
            </div>
          )}
        </div>
        <div className="-m-1 p-1 max-lg:order-1 lg:overflow-y-auto">
          {item !== undefined && (
            <DecisionPanel
              item={item}
              settingsOf={settingsOf}
              decision={state.decisions.get(item.sampleId) ?? null}
              perform={perform}
            />
          )}
        </div>
      </div>
      <ClassSearch
        classes={classes}
        open={dialog === "search"}
        onClose={closeDialog}
        onChoose={chooseClass}
        onPropose={(text) => {
          setSearched(text);
          perform({ type: "propose" });
        }}
      />
      {item !== undefined && dialog === "propose" && (
        <ProposeDialog
          datasetId={datasetId}
          item={item}
          initialName={searched}
          onClose={closeDialog}
          onProposed={(proposed) => {
            closeDialog();
            list.drop(item.sampleId);
            setNote(`${item.fileName}: “${proposed}” proposed`);
          }}
        />
      )}
      <ShortcutSheet
        open={dialog === "help"}
        hasSuggestions={hasSuggestions}
        onClose={closeDialog}
      />
    </>
  );
}
