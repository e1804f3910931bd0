/** localStorage without exceptions: it may be full, disabled or written by an older version. */

export function readStored(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, value);
  } catch {
    // Without storage, the page works until it is closed.
  }
}

/** A stored list, without items that `isItem` rejects; empty without a key. */
export function readList<T>(key: string | undefined, isItem: (value: unknown) => value is T): T[] {
  const stored = key === undefined ? null : readStored(key);
  if (stored === null) return [];
  try {
    const items: unknown = JSON.parse(stored);
    return Array.isArray(items) ? items.filter(isItem) : [];
  } catch {
    return [];
  }
}

/** Stores a list; an empty one removes the key. */
export function writeList(key: string | undefined, items: readonly unknown[]): void {
  if (key !== undefined) writeStored(key, items.length === 0 ? null : JSON.stringify(items));
}
