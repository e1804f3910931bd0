import type { ReactNode } from "react";

/** Fills the window below the header: image, classes and shortcuts are visible without scrolling. */
export function FocusPage({ children }: { children: ReactNode }) {
  return (
    <div className="flex grow flex-col px-4 pt-3 pb-3 lg:h-[calc(100vh-3.25rem)] lg:grow-0 lg:px-6">
      {children}
    </div>
  );
}
