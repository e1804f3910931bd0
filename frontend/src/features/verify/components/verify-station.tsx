import { useEffect, useMemo } from "react";

import { ActionButton } from "@/components/annotate/action-button";
import { ClassSearch } from "@/components/annotate/class-search";
import { ImageStage, usePreloadedImages } from "@/components/annotate/image-stage";
import { SaveState } from "@/components/annotate/save-state";
import { ShortcutSheet } from "@/components/annotate/shortcut-sheet";
import { VerdictButtons } from "@/components/annotate/verdict-buttons";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { queueFor } from "@/lib/annotate/decision-queues";
import { type Item, useAnnotator } from "@/lib/annotate/use-annotator";

import { useSamplesToVerify } from "../api/use-samples-to-verify";

const PREFETCH_DISTANCE = 15;
const NUMBER_KEYS = 9;

interface Props {
  datasetId: string;
  classes: readonly string[];
  /** The given label whose images are shown. */
  label: string;
}

/** Verify images of one given label, one at a time. */
export function VerifyStation({ datasetId, classes, label }: Props) {
  const { samples, isPending, error, refetch, hasNextPage, isFetching, fetchNextPage } =
    useSamplesToVerify(datasetId, label);
  const items: Item[] = useMemo(
    () =>
      samples.map((sample) => ({
        sampleId: sample.id,
        fileName: sample.file_name,
        given: sample.given_label,
        suggested: null,
        choices: classes,
      })),
    [samples, classes],
  );
  const queue = queueFor({ datasetId });
  const { index, state, dialog, setDialog, perform, chooseClass } = useAnnotator(
    items,
    queue,
    label,
  );
  usePreloadedImages(
    items.map(({ sampleId }) => sampleId),
    index,
  );

  const isNearEnd = index > items.length - PREFETCH_DISTANCE;
  useEffect(() => {
    if (isNearEnd && hasNextPage && !isFetching) void fetchNextPage();
  }, [isNearEnd, hasNextPage, isFetching, fetchNextPage]);

  const item = items[index];
  const decision = item === undefined ? null : (state.decisions.get(item.sampleId) ?? null);

  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <section
        aria-label="Image"
        className="flex flex-col rounded-lg border border-line bg-surface"
      >
        <div className="flex h-[calc(100vh-15rem)] min-h-72 grow rounded-t-lg bg-stage p-4">
          {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
          {isPending && <Loading label="Loading images" />}
          {item !== undefined && (
            <ImageStage sampleId={item.sampleId} alt={`Sample ${item.fileName}`} />
          )}
          {item === undefined && !isFetching && error === null && (
            <p className="m-auto text-muted">
              Every image that came as “{label}” has been seen. Pick another class.
            </p>
          )}
        </div>
        <div className="flex flex-wrap justify-between gap-2 border-t border-line px-4 py-2">
          <span className="font-mono text-xs break-all text-muted">{item?.fileName}</span>
          <SaveState state={state} onRetry={queue.retryNow} onDismiss={queue.dismissRefused} />
        </div>
      </section>
      {item !== undefined && (
        <section aria-label="Decision" className="space-y-3">
          <p>
            <span className="text-muted">Given label</span>
            <span className="block text-xl font-semibold break-words">{item.given}</span>
          </p>
          <ActionButton
            name="Keep given label"
            keyHint="A"
            isAccent
            isChosen={decision?.verdict === "correct"}
            onPress={() => {
              perform({ type: "keep" });
            }}
          />
          <div className="space-y-1">
            {classes.slice(0, NUMBER_KEYS).map((name, position) => (
              <ActionButton
                key={name}
                name={name}
                keyHint={String(position + 1)}
                isChosen={decision?.label === name}
                onPress={() => {
                  perform({ type: "choice", position });
                }}
              />
            ))}
          </div>
          <VerdictButtons decision={decision} canUndo={state.canUndo} perform={perform} />
        </section>
      )}
      <ClassSearch
        classes={classes}
        open={dialog === "search"}
        onClose={() => {
          setDialog("none");
        }}
        onChoose={chooseClass}
      />
      <ShortcutSheet
        open={dialog === "help"}
        hasSuggestions={false}
        onClose={() => {
          setDialog("none");
        }}
      />
    </div>
  );
}
