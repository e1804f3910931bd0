import type { ReactNode } from "react";

/** Width and margins of a scrolling page. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="mx-auto w-full max-w-[76rem] px-6 py-6">{children}</div>;
}
