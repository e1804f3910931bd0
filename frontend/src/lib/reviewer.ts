import { useEffect, useState } from "react";

import { readStored } from "./storage";
import { useStoredString } from "./use-stored-string";

const KEY = "mslg.reviewer";
/** Longer than the pause between two letters. */
const TYPING_MS = 800;

/** The name that goes with every verification made in this browser. */
export function useReviewer(): [string, (name: string) => void] {
  return useStoredString(KEY);
}

/** The name once it is typed to its end: not each letter on the way is a reviewer. */
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
