import { readStored, writeStored } from "@/lib/storage";

import type { Save } from "./decision-queue";

/** Saves that wait for the service, kept over reloads. Without a key nothing is kept. */
export function readSaves(key: string | undefined): Save[] {
  const stored = key === undefined ? null : readStored(key);
  if (stored === null) return [];
  try {
    const saves: unknown = JSON.parse(stored);
    return Array.isArray(saves) ? saves.filter(isSave) : [];
  } catch {
    return [];
  }
}

export function writeSaves(key: string | undefined, saves: readonly Save[]): void {
  if (key !== undefined) writeStored(key, saves.length === 0 ? null : JSON.stringify(saves));
}

function isSave(value: unknown): value is Save {
  return (
    typeof value === "object" &&
    value !== null &&
    ["sampleId", "verdict", "label", "reviewer", "jobId"].every((name) => name in value)
  );
}
