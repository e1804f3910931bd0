import { readStored } from "./storage";
import { useStoredString } from "./use-stored-string";

const KEY = "mslg.reviewer";

/** The name that goes with every verification made in this browser. */
export function useReviewer(): [string, (name: string) => void] {
  return useStoredString(KEY);
}

export function currentReviewer(): string {
  return readStored(KEY)?.trim() ?? "";
}
