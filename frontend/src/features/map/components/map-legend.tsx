import { cx } from "@/components/ui/cx";
import { ScrollBox } from "@/components/ui/scroll-box";
import { formatCount } from "@/lib/format";
import type { Colouring } from "@/lib/map/search";

import { CLASS_COLOURS, COLOURING_NAMES, type Group } from "../api/colouring";

interface Props {
  colouring: Colouring;
  groups: readonly Group[];
  /** Position of the group that is shown alone; null shows all. */
  shown: number | null;
  onShow: (shown: number | null) => void;
}

/** What the colours mean. A press on an entry shows its points alone. */
export function MapLegend({ colouring, groups, shown, onShow }: Props) {
  const isRepeated = groups.length > CLASS_COLOURS.length;
  return (
    <section
      aria-label="Legend"
      className="flex min-h-0 shrink-0 flex-col rounded-lg border border-line bg-surface max-lg:max-h-36 lg:w-56"
    >
      <h2 className="flex min-h-9 items-center px-3 text-sm font-medium">
        {COLOURING_NAMES[colouring]}
      </h2>
      <ScrollBox label="Entries of the legend" className="min-h-0 grow px-1.5 pb-1.5">
        <ul className="flex flex-wrap gap-0.5 lg:block lg:space-y-0.5">
          {groups.map(({ name, colour, count }, at) => (
            <li key={name}>
              <button
                type="button"
                aria-pressed={shown === at}
                disabled={count === 0}
                className={cx(
                  "flex min-h-7 w-full items-center gap-2 rounded-md px-1.5 text-left text-sm disabled:opacity-60 pointer-coarse:min-h-11",
                  shown === at ? "bg-accent-soft font-medium" : "enabled:hover:bg-raised",
                )}
                // Keep the focus, so that Enter stays a shortcut.
                onMouseDown={(event) => {
                  event.preventDefault();
                }}
                onClick={() => {
                  onShow(shown === at ? null : at);
                }}
              >
                <span
                  aria-hidden="true"
                  className="size-3 shrink-0 rounded-full"
                  style={{ background: colour }}
                />
                <span className="min-w-0 grow truncate" title={name}>
                  {name}
                </span>
                <span className="text-muted">{formatCount(count)}</span>
              </button>
            </li>
          ))}
        </ul>
      </ScrollBox>
      <p className="border-t border-line px-3 py-1.5 text-xs text-muted max-lg:hidden">
        {isRepeated ? "Colours repeat. " : ""}Choose an entry to see its images alone.
      </p>
    </section>
  );
}
