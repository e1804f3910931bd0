import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect, useId } from "react";

import type { Group } from "../api/groups";

/** Height of a card with its gap, whatever the number of its images. */
export const ROW_HEIGHT = 302;
const GAP = 12;
const OVERSCAN = 2;

interface Props {
  scroller: RefObject<HTMLDivElement | null>;
  groups: readonly Group[];
  columns: number;
  /** The group with the focus; scrolled into view and focused when `moves` grows. */
  focus: number;
  moves: number;
  /** Called when the last loaded groups come into view. */
  onEnd: () => void;
  children: (group: Group, index: number, id: string) => ReactNode;
}

/** Virtualised list of groups. */
export function GroupList(props: Props) {
  const { scroller, groups, columns, focus, moves, onEnd, children } = props;
  const id = useId();
  const rows = Math.ceil(groups.length / columns);
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by the compiler
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  const items = virtualizer.getVirtualItems();
  const isAtEnd = (items.at(-1)?.index ?? 0) >= rows - 1;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, onEnd]);

  const row = Math.floor(focus / columns);
  useEffect(() => {
    if (moves === 0) return;
    virtualizer.scrollToIndex(row);
    const frame = requestAnimationFrame(() => {
      document.getElementById(`${id}-${focus}`)?.focus({ preventScroll: true });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [virtualizer, row, focus, moves, id]);

  return (
    <div
      ref={scroller}
      className="relative min-h-0 grow overflow-y-auto p-0.5 [scrollbar-gutter:stable]"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <div
            key={index}
            className="absolute inset-x-0 top-0 grid"
            style={{
              transform: `translateY(${start}px)`,
              height: ROW_HEIGHT,
              paddingBottom: GAP,
              columnGap: GAP,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {groups.slice(index * columns, (index + 1) * columns).map((group, column) => {
              const at = index * columns + column;
              return children(group, at, `${id}-${at}`);
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
