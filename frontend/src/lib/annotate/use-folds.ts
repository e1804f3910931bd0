import { useStoredString } from "@/lib/use-stored-string";

import { type PanelName, PANELS } from "./keymap";

const FOLDED_BY_DEFAULT: readonly PanelName[] = ["comments", "tags", "proposals"];
/** Stored when every panel is open: an empty string means the default. */
const NONE = "none";

export interface Folds {
  isOpen: (panel: PanelName) => boolean;
  toggle: (panel: PanelName) => void;
}

/** Folded panels of the focus view, stored per browser. */
export function useFolds(): Folds {
  const [stored, setStored] = useStoredString("mslg.folded");
  const names = stored.split(" ");
  const folded = stored === "" ? FOLDED_BY_DEFAULT : PANELS.filter((name) => names.includes(name));
  return {
    isOpen: (panel) => !folded.includes(panel),
    toggle: (panel) => {
      const next = folded.includes(panel)
        ? folded.filter((other) => other !== panel)
        : [...folded, panel];
      setStored(next.length === 0 ? NONE : next.join(" "));
    },
  };
}
