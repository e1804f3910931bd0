/** Reads what was dropped or chosen: one file, loose images, or folders, which are packed into one archive. */
import { type PackedFile, packTar } from "./tar";

/** What is uploaded, and how it can be chosen again after the tab was closed. */
export interface Chosen {
  file: File;
  source: "file" | "files" | "folder";
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** All entries of a folder: the browser gives them in portions, the last of which is empty. */
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}

async function readEntry(entry: FileSystemEntry): Promise<PackedFile[]> {
  if (isFile(entry)) {
    const file = await readFile(entry);
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const entries = await readFolder(entry as FileSystemDirectoryEntry);
  return (await Promise.all(entries.map(readEntry))).flat();
}

/** The one folder that holds everything, else a general name. */
function archiveName(files: readonly PackedFile[]): string {
  const folders = new Set(files.map(({ path }) => path.slice(0, path.indexOf("/") + 1)));
  const [only = ""] = folders;
  return folders.size === 1 && only !== "" ? `${only.slice(0, -1)}.tar` : "images.tar";
}

function toChosen(files: readonly PackedFile[]): Chosen | null {
  const [first] = files;
  if (first === undefined) return null;
  const hasFolder = files.some(({ path }) => path.includes("/"));
  if (files.length === 1 && !hasFolder) return { file: first.file, source: "file" };
  return { file: packTar(files, archiveName(files)), source: hasFolder ? "folder" : "files" };
}

/** What a file field holds; null: nothing. */
export function readChosen(files: FileList | null): Chosen | null {
  return toChosen(
    [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })),
  );
}

/** What was dropped, folders with all that is in them; null: nothing that is a file. */
export async function readDropped(items: DataTransferItemList): Promise<Chosen | null> {
  // Taken at once: the list is emptied when the event ends.
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return toChosen((await Promise.all(entries.map(readEntry))).flat());
}
