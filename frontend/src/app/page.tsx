import type { ReactNode } from "react";

/** The width and margins of a page that scrolls. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="mx-auto w-full max-w-[76rem] px-6 py-6">{children}</div>;
}
