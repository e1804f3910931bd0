import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { cx } from "./cx";

interface Props {
  title: string;
  description?: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** At the edge, without a shade: what the dialog is about remains visible. */
  isAside?: boolean;
  children: ReactNode;
}

/** Modal dialog: traps the focus, closes on Escape, restores the focus. */
export function Dialog(props: Props) {
  const { title, description, open, onOpenChange, isAside = false, children } = props;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={cx("fixed inset-0 z-40", !isAside && "bg-[rgb(0_0_0/0.45)]")} />
        <Radix.Content
          {...(description === undefined && { "aria-describedby": undefined })}
          className={cx(
            "fixed z-50 overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-2xl",
            isAside
              ? "right-3 bottom-3 max-h-[46vh] w-[min(21rem,calc(100vw-1.5rem))] lg:max-h-[80vh]"
              : "top-[12vh] left-1/2 max-h-[76vh] w-[min(34rem,calc(100vw-2rem))] -translate-x-1/2",
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
            <Radix.Close
              aria-label="Close"
              className="-mt-1 -mr-1 rounded p-1 text-lg leading-none text-muted hover:text-ink"
            >
              ×
            </Radix.Close>
          </div>
          {description !== undefined && (
            <Radix.Description className="mb-3 text-muted">{description}</Radix.Description>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
