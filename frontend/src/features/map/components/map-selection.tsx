import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { formatPlural } from "@/lib/format";

import type { MapAction } from "../api/map-keys";

interface Props {
  count: number;
  perform: (action: MapAction) => void;
}

/** What is selected, and what can be done with it. */
export function MapSelection({ count, perform }: Props) {
  return (
    <section
      aria-label="Selection"
      className="absolute bottom-2 left-2 z-10 flex flex-wrap items-center gap-2 rounded-lg border border-line bg-surface p-2 shadow-lg"
    >
      <span role="status" className="px-1 text-sm">
        {count === 0 ? "No images in this area" : `${formatPlural(count, "image")} selected`}
      </span>
      {count > 0 && (
        <Button
          look="primary"
          className="pointer-coarse:min-h-11"
          onClick={() => {
            perform({ type: "open" });
          }}
        >
          Open in grid <Kbd>⏎</Kbd>
        </Button>
      )}
      <Button
        className="pointer-coarse:min-h-11"
        onClick={() => {
          perform({ type: "none" });
        }}
      >
        Clear <Kbd>Esc</Kbd>
      </Button>
    </section>
  );
}
