import type { ReactNode } from "react";

import { cx } from "@/components/ui/cx";
import { Kbd } from "@/components/ui/kbd";

interface Props {
  name: string;
  keyHint: string;
  onPress: () => void;
  isChosen?: boolean;
  isAccent?: boolean;
  /** Whether it fills both columns of its grid. */
  isWide?: boolean;
  disabled?: boolean;
  children?: ReactNode;
}

/** Button of a decision with its shortcut. A click does not move the focus, so shortcuts keep working. */
export function ActionButton(props: Props) {
  const { name, keyHint, onPress, isChosen, isAccent, isWide, disabled, children } = props;
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      disabled={disabled}
      className={cx(
        "relative flex min-h-8 w-full items-center justify-between gap-2 pointer-coarse:min-h-11 rounded-md border px-2.5 py-1 text-left text-sm transition-colors disabled:opacity-50",
        isChosen === true
          ? "border-accent bg-accent-soft text-accent"
          : "border-line bg-surface hover:border-ink",
        isAccent === true && "font-semibold",
        isWide === true && "col-span-2",
      )}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={onPress}
    >
      {children === undefined ? (
        <span className="min-w-0 grow break-words">{name}</span>
      ) : (
        <>
          <span className="sr-only">{name}</span>
          <span aria-hidden="true" className="min-w-0 grow break-words">
            {children}
          </span>
        </>
      )}
      {keyHint !== "" && <Kbd>{keyHint}</Kbd>}
    </button>
  );
}
