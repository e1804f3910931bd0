import type { ReactNode } from "react";

interface Props {
  header: ReactNode;
  filters: ReactNode;
  /** Beside the header: how saving goes, how many images there are. */
  status?: ReactNode;
  /** Beside the filters: how large the images are. */
  size?: ReactNode;
  children: ReactNode;
}

/** The grid's place in the window: two narrow rows, so that the images get the rest. */
export function GridFrame({ header, filters, status, size, children }: Props) {
  return (
    <div className="flex min-h-0 grow flex-col gap-2.5">
      <div className="flex min-h-8 shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {header}
        <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">{status}</div>
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 xl:flex-nowrap">
        {filters}
        {size}
      </div>
      {children}
    </div>
  );
}
