import { useEffect } from "react";

import { useStoredString } from "@/lib/use-stored-string";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The chosen theme, applied to the document; `system` follows the operating system. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [stored, setStored] = useStoredString("mslg.theme");
  const theme = THEMES.find((known) => known === stored) ?? "system";

  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);

  return [theme, setStored];
}
