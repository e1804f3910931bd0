import type { ReactNode } from "react";

interface Props {
  header: ReactNode;
  filters: ReactNode;
  /** Above the filters: the choice of what is listed. */
  kinds?: ReactNode;
  /** Next to the header: save state and number of images. */
  status?: ReactNode;
  /** Next to the filters: image size. */
  size?: ReactNode;
  children: ReactNode;
}

/** Layout of the grid: narrow rows on top, the rest for images. */
export function GridFrame({ header, kinds, filters, status, size, children }: Props) {
  return (
    <div className="flex min-h-0 grow flex-col gap-2.5">
      <div className="flex min-h-8 shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        {header}
        <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">{status}</div>
      </div>
      {kinds}
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 xl:flex-nowrap">
        {filters}
        {size}
      </div>
      {children}
    </div>
  );
}
