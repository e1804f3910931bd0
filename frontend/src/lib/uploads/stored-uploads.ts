/** Unfinished uploads in localStorage, one key each, so that two tabs do not overwrite each other's. */
import { readStored, writeStored } from "@/lib/storage";

import type { Chosen } from "./chosen-files";
import type { UploadTarget } from "./transport";

const PREFIX = "mslg.upload.";

export interface StoredUpload {
  id: string;
  target: UploadTarget;
  source: Chosen["source"];
  fileName: string;
  size: number;
  /** Milliseconds since 1970, as the file system tells them. */
  lastModified: number;
}

function isStored(value: unknown): value is StoredUpload {
  if (typeof value !== "object" || value === null) return false;
  const { id, fileName, size, target } = value as Partial<StoredUpload>;
  return (
    typeof id === "string" &&
    typeof fileName === "string" &&
    typeof size === "number" &&
    typeof target === "object"
  );
}

export function storeUpload(upload: StoredUpload): void {
  writeStored(PREFIX + upload.id, JSON.stringify(upload));
}

export function forgetUpload(id: string): void {
  writeStored(PREFIX + id, null);
}

export function readUploads(): StoredUpload[] {
  const keys = Object.keys(window.localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.flatMap((key) => {
    try {
      const value: unknown = JSON.parse(readStored(key) ?? "");
      return isStored(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Whether a file is the one that was begun, as far as the browser tells without reading it. */
export function isSameFile(stored: StoredUpload, file: File): boolean {
  return (
    stored.fileName === file.name &&
    stored.size === file.size &&
    stored.lastModified === file.lastModified
  );
}
