import type { ReactNode } from "react";

/** A page that fills the window below the header, so that image, classes and keys are in sight at once. */
export function FocusPage({ children }: { children: ReactNode }) {
  return (
    <div className="flex grow flex-col px-4 pt-3 pb-3 lg:h-[calc(100vh-3.25rem)] lg:grow-0 lg:px-6">
      {children}
    </div>
  );
}
