import { useStoredString } from "@/lib/use-stored-string";

import { type PanelName, PANELS } from "./keymap";

const FOLDED_AT_FIRST: readonly PanelName[] = ["comments"];
/** What is stored when every panel is open: an empty string would be no choice at all. */
const NONE = "none";

export interface Folds {
  isOpen: (panel: PanelName) => boolean;
  toggle: (panel: PanelName) => void;
}

/** Which panels of the focus view are folded, remembered by the browser. */
export function useFolds(): Folds {
  const [stored, setStored] = useStoredString("mslg.folded");
  const names = stored.split(" ");
  const folded = stored === "" ? FOLDED_AT_FIRST : PANELS.filter((name) => names.includes(name));
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
