import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Action } from "@/lib/annotate/keymap";
import { useOnline } from "@/lib/annotate/use-online";
import type { Served } from "@/lib/annotate/use-served-items";

interface Props {
  served: Served;
  /** Index of the first skipped image; null without one. */
  skipped: number | null;
  goTo: (index: number) => void;
  perform: (action: Action) => void;
  finished: ReactNode;
}

function Offline() {
  return (
    <div role="alert" className="m-auto max-w-sm text-center">
      <p className="text-lg font-semibold">You are offline</p>
      <p className="mt-1 text-muted">
        Your decisions are kept in this browser and sent later. More images load when you are back
        online.
      </p>
    </div>
  );
}

/** Shown in place of an image: loading, failed, or nothing left. */
export function StageMessage({ served, skipped, goTo, perform, finished }: Props) {
  const isOnline = useOnline();
  const { list, items, isFetching, error } = served;
  const again = () => void list.more();
  if (isFetching) {
    return (
      <div className="m-auto w-64">
        <Loading label="Loading images" />
      </div>
    );
  }
  if (error !== null && !isOnline) return <Offline />;
  if (error !== null) {
    return (
      <div className="m-auto">
        <ProblemPanel error={error} onRetry={again} />
      </div>
    );
  }
  return (
    <div className="m-auto max-w-sm text-center">
      <p className="text-lg font-semibold">
        {items.length === 0 ? "The queue is empty" : "No more images"}
      </p>
      <div className="mt-1 mb-4 text-muted">{finished}</div>
      <div className="flex flex-wrap justify-center gap-2">
        {skipped !== null && (
          <Button
            look="primary"
            className="pointer-coarse:min-h-11"
            onClick={() => {
              goTo(skipped);
            }}
          >
            Back to skipped images
          </Button>
        )}
        <Button className="pointer-coarse:min-h-11" onClick={again}>
          Check for more
        </Button>
        <Button
          className="pointer-coarse:min-h-11"
          onClick={() => {
            perform({ type: "undo" });
          }}
        >
          Undo
        </Button>
      </div>
    </div>
  );
}
