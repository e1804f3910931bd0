/** Class names of a link in a tab bar. */
export const TAB =
  "rounded-md px-2.5 py-1 text-sm text-muted hover:text-ink pointer-coarse:py-3 aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent";
