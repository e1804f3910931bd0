import type { ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Action } from "@/lib/annotate/keymap";
import { useOnline } from "@/lib/annotate/use-online";
import type { Served } from "@/lib/annotate/use-served-items";

interface Props {
  served: Served;
  /** The place of the first image that was passed over; null when there is none. */
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
        What you decided is kept in this browser and sent later. More images come by themselves once
        you are back.
      </p>
    </div>
  );
}

/** Instead of an image: it is on its way, it cannot be had, or nothing is left. */
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
        {items.length === 0 ? "Nothing is waiting here" : "That was the last one"}
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
            Back to what was skipped
          </Button>
        )}
        <Button className="pointer-coarse:min-h-11" onClick={again}>
          Look for more
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
