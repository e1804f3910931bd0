import { useSyncExternalStore } from "react";

import { readStored, writeStored } from "./storage";

const EVENT = "mslg-stored";

function subscribe(onChange: () => void): () => void {
  window.addEventListener("storage", onChange);
  window.addEventListener(EVENT, onChange);
  return () => {
    window.removeEventListener("storage", onChange);
    window.removeEventListener(EVENT, onChange);
  };
}

/** A string in localStorage, synchronised across components and tabs. */
export function useStoredString(key: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(key) ?? "");
  const setValue = (next: string) => {
    writeStored(key, next === "" ? null : next);
    window.dispatchEvent(new Event(EVENT));
  };
  return [value, setValue];
}
