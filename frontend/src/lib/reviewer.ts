import { useEffect, useState } from "react";

import { readStored } from "./storage";
import { useStoredString } from "./use-stored-string";

const KEY = "mslg.reviewer";
/** Longer than the pause between two keystrokes. */
const TYPING_MS = 800;

/** The reviewer name stored in this browser; part of every verification. */
export function useReviewer(): [string, (name: string) => void] {
  return useStoredString(KEY);
}

/** The reviewer name, debounced: partly typed names are not reviewers. */
export function useSettledReviewer(): string {
  const [name] = useReviewer();
  const reviewer = name.trim();
  const [settled, setSettled] = useState(reviewer);
  useEffect(() => {
    const timer = setTimeout(setSettled, TYPING_MS, reviewer);
    return () => {
      clearTimeout(timer);
    };
  }, [reviewer]);
  return settled;
}

export function currentReviewer(): string {
  return readStored(KEY)?.trim() ?? "";
}
