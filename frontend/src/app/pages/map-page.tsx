import { useEffect } from "react";

import { ReviewTabs } from "@/components/ui/review-tabs";
import { MapView } from "@/features/map";
import type { Colouring } from "@/lib/map/search";

interface Props {
  jobId: string;
  colouring: Colouring;
  onColouring: (colouring: Colouring) => void;
}

/** The map fills the window. */
export function MapPage(props: Props) {
  useEffect(() => {
    document.title = "Map · MSLG";
  }, []);
  return (
    <div className="flex h-[max(calc(100vh-3.25rem),34rem)] flex-col px-6 pt-2 pb-3">
      <MapView
        {...props}
        header={
          <div className="flex flex-wrap items-center gap-4">
            <h1 className="text-lg font-semibold">Map</h1>
            <ReviewTabs jobId={props.jobId} filters={{}} />
          </div>
        }
      />
    </div>
  );
}
