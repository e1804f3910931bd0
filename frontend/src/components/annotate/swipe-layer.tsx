import type { CSSProperties, ReactNode } from "react";

import { Button } from "@/components/ui/button";
import type { Item } from "@/lib/annotate/item";
import { swipeOf, swipesFor } from "@/lib/annotate/swipes";
import { directionOf, type Swipe } from "@/lib/annotate/use-swipe";
import { useStoredString } from "@/lib/use-stored-string";

const TOUCH_ONLY = "hidden pointer-coarse:flex";

/** What each swipe means, on touch screens until it is dismissed. The list of shortcuts repeats it. */
export function SwipeHint({ hasSuggestion }: { hasSuggestion: boolean }) {
  const [dismissed, setDismissed] = useStoredString("mslg.swipe-hint");
  if (dismissed !== "") return null;
  return (
    <aside
      aria-label="Swipes"
      className={`${TOUCH_ONLY} items-center gap-3 border-t border-line bg-accent-soft px-3 py-1.5 text-sm`}
    >
      <ul className="flex grow flex-wrap gap-x-4 gap-y-0.5">
        {swipesFor(hasSuggestion).map(({ direction, sign, meaning }) => (
          <li key={direction}>
            <span aria-hidden="true">{sign} </span>
            <span className="sr-only">Swipe {direction}: </span>
            {meaning}
          </li>
        ))}
      </ul>
      <Button
        className="min-h-11"
        onClick={() => {
          setDismissed("seen");
        }}
      >
        Got it
      </Button>
    </aside>
  );
}

interface Props {
  swipe: Swipe;
  item: Pick<Item, "suggested"> | undefined;
  children: ReactNode;
}

/** Lets the image follow the finger and names what letting go does. Reduced motion leaves the image in place. */
export function SwipeLayer({ swipe: { offset }, item, children }: Props) {
  const direction = offset === null ? null : directionOf(offset);
  const meant = direction === null || item === undefined ? null : swipeOf(direction, item);
  const { x, y } = offset ?? { x: 0, y: 0 };
  return (
    <>
      <div
        className="absolute inset-0 flex motion-safe:[translate:var(--swipe)]"
        style={{ "--swipe": `${x}px ${Math.min(0, y)}px` } as CSSProperties}
      >
        {children}
      </div>
      {meant !== null && (
        <p
          aria-hidden="true"
          className="pointer-events-none absolute inset-x-0 top-2 z-10 mx-auto w-fit rounded-md bg-accent px-3 py-1.5 font-semibold text-on-accent"
        >
          {meant.sign} {meant.meaning}
        </p>
      )}
    </>
  );
}
