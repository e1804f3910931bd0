/** Class names shared by all dense tables. */
export const TABLE = "w-full border-collapse text-sm";
export const TH =
  "border-b border-line px-2 py-1.5 text-left text-xs font-medium text-muted first:pl-0 last:pr-0";
export const TD = "border-b border-line px-2 py-1.5 align-top first:pl-0 last:pr-0";
export const NUMBER = "text-right";
export const LINK = "text-accent underline-offset-2 hover:underline";
