import type { ReactNode } from "react";

import { queueFor } from "@/lib/annotate/decision-queues";
import type { Decision } from "@/lib/annotate/decision-queue";
import type { Item } from "@/lib/annotate/item";
import type { Action } from "@/lib/annotate/keymap";
import type { QueueRequest } from "@/lib/annotate/leases";
import { usePrefetchedDetails } from "@/lib/annotate/queries";
import { useAnnotator } from "@/lib/annotate/use-annotator";
import { useFolds } from "@/lib/annotate/use-folds";
import { useSeen } from "@/lib/annotate/use-seen";
import { useServedItems, useSupply } from "@/lib/annotate/use-served-items";
import { useZoom } from "@/lib/annotate/use-zoom";
import { ZOOM_STEP } from "@/lib/annotate/zoom";

import { ClassSearch } from "./class-search";
import { Comments } from "./comments-panel";
import { DecisionPanel } from "./decision-panel";
import { FocusBar } from "./focus-bar";
import { FoldPanel } from "./fold-panel";
import { Guidelines } from "./guidelines-panel";
import { ImageStage } from "./image-stage";
import { LeadsStrip } from "./leads-strip";
import { OpinionsList } from "./opinions-list";
import { ShortcutSheet } from "./shortcut-sheet";
import { StageCaption } from "./stage-caption";
import { StageFrame } from "./stage-frame";
import { StageMessage } from "./stage-message";

/** A few for speed, more of them for when the network goes. */
const PRELOADED = 8;

/** What the view knows that its page may want to count. */
export interface FocusProgress {
  items: readonly Item[];
  /** These and those of the lists before, behind other filters or under another name. */
  seen: readonly Item[];
  decisions: ReadonlyMap<string, Decision | null>;
  /** How many wait in the queue besides those in hand; null while unknown. */
  remaining: number | null;
}

interface Props {
  datasetId: string;
  classes: readonly string[];
  guidelines: string;
  request: QueueRequest;
  heading: ReactNode;
  /** The panels at the left that belong to the page. */
  renderSide: (progress: FocusProgress) => ReactNode;
  /** What to do once nothing is left. */
  finished: ReactNode;
}

/** Nobody who builds the verified set is to be led: an image taken up again comes without its suggestion too. */
function unled(item: Item, classes: readonly string[]): Item {
  return { ...item, suggested: null, likely: null, choices: classes, rank: null, score: null };
}

/** One image at a time: the image, all that can be said about it, and what helps to say it. */
export function FocusView(props: Props) {
  const { datasetId, classes, guidelines, request, heading, renderSide, finished } = props;
  const hasLeads = request.queue !== "verify";
  const queue = queueFor(datasetId);
  const served = useServedItems(datasetId, request, classes, queue);
  const { items, list, name } = served;
  const seen = useSeen(items);
  const folds = useFolds();

  const annotator = useAnnotator({
    datasetId,
    classes,
    items,
    listName: name,
    queue,
    bringBack: (item, at) => list.bringBack(hasLeads ? item : unled(item, classes), at),
    onView: (action) => {
      show(action);
    },
  });
  const { index, state, dialog, note, setDialog, perform, chooseClass, goTo } = annotator;
  const item = items[index];
  const zoom = useZoom(item?.sampleId ?? "");
  useSupply(served, index);
  usePrefetchedDetails(items, hasLeads ? index : Infinity);

  const show = (action: Action) => {
    if (action.type === "zoomIn") zoom.zoomBy(ZOOM_STEP);
    else if (action.type === "zoomOut") zoom.zoomBy(1 / ZOOM_STEP);
    else if (action.type === "zoomReset") zoom.reset();
    else if (action.type === "fold") folds.toggle(action.panel);
  };
  const closeDialog = () => {
    setDialog("none");
  };
  const skipped = items.findIndex(
    ({ sampleId }) => (state.decisions.get(sampleId) ?? null) === null,
  );

  return (
    <>
      <FocusBar
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
          </FoldPanel>
          <FoldPanel panel="comments" title="Comments" folds={folds}>
            {item === undefined ? null : <Comments sampleId={item.sampleId} />}
          </FoldPanel>
        </div>
        <div className="flex min-h-0 flex-col gap-3 max-lg:contents">
          <div className="grid min-h-0 grow max-lg:order-1 max-lg:h-[38vh] max-lg:min-h-72">
            <StageFrame
              zoom={zoom}
              perform={perform}
              isZoomable={item !== undefined}
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
          {hasLeads && item?.jobId != null && (
            <div className="max-lg:order-2">
              <LeadsStrip jobId={item.jobId} item={item} folds={folds} />
            </div>
          )}
        </div>
        <div className="-m-1 p-1 max-lg:order-1 lg:overflow-y-auto">
          {item !== undefined && (
            <DecisionPanel
              item={item}
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
      />
      <ShortcutSheet open={dialog === "help"} hasLeads={hasLeads} onClose={closeDialog} />
    </>
  );
}
