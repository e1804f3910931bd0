import type { ComponentProps } from "react";

import { cx } from "./cx";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent border-transparent hover:bg-accent-strong",
  plain: "bg-surface text-ink border-line-strong hover:border-ink hover:bg-raised",
  quiet: "bg-transparent text-muted border-transparent hover:text-ink hover:bg-raised",
  danger: "bg-surface text-bad border-line-strong hover:border-bad hover:bg-bad-soft",
};

/** Class names of a button, also for links that look like one. */
export function buttonClass(look: ButtonLook = "plain", className?: string): string {
  return cx(
    "inline-flex min-h-8 items-center justify-center gap-2 rounded-md border px-3 text-sm font-medium",
    "whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-50",
    LOOKS[look],
    className,
  );
}

type Props = ComponentProps<"button"> & { look?: ButtonLook };

export function Button({ look, className, type = "button", ...props }: Props) {
  return <button type={type} className={buttonClass(look, className)} {...props} />;
}
