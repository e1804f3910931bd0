/** localStorage that may be full, forbidden or filled by an older version: never a reason to fail. */

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
    // A browser that keeps nothing still works for this visit.
  }
}

/** A list as it was stored, without what `isItem` does not know. Without a key nothing is kept. */
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

/** An empty list leaves nothing behind. */
export function writeList(key: string | undefined, items: readonly unknown[]): void {
  if (key !== undefined) writeStored(key, items.length === 0 ? null : JSON.stringify(items));
}
