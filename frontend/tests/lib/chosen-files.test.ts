import { expect, it } from "vitest";

import { readChosen, readDropped } from "@/lib/uploads/chosen-files";

function files(...names: string[]): FileList {
  return names.map((name) => new File(["x"], name)) as unknown as FileList;
}

/** A dropped file or folder, as browsers describe it; a folder gives its entries in portions of one. */
function entry(path: string, children?: FileSystemEntry[]): FileSystemEntry {
  const portions = [...(children ?? []).map((child) => [child]), []];
  return {
    isFile: children === undefined,
    fullPath: `/${path}`,
    file: (resolve: (file: File) => void) => {
      resolve(new File(["x"], path.split("/").at(-1) ?? ""));
    },
    createReader: () => ({
      readEntries: (resolve: (entries: FileSystemEntry[]) => void) => {
        resolve(portions.shift() ?? []);
      },
    }),
  } as unknown as FileSystemEntry;
}

function dropped(...entries: FileSystemEntry[]): DataTransferItemList {
  return entries.map((one) => ({ webkitGetAsEntry: () => one })) as unknown as DataTransferItemList;
}

it("takes one file as it is", () => {
  expect(readChosen(files("birds.zip"))).toMatchObject({
    file: { name: "birds.zip" },
    source: "file",
  });
  expect(readChosen(files())).toBeNull();
  expect(readChosen(null)).toBeNull();
});

it("packs loose images into one archive", () => {
  const chosen = readChosen(files("a.png", "b.png", "labels.csv"));
  expect(chosen).toMatchObject({ file: { name: "images.tar" }, source: "files" });
  expect(chosen?.file.size).toBe(3 * 1024 + 1024);
});

it("packs a dropped folder with all that is in it under the folder's name", async () => {
  const cats = entry("pets/cat", [entry("pets/cat/1.png"), entry("pets/cat/2.png")]);
  const folder = entry("pets", [cats, entry("pets/dog", [entry("pets/dog/1.png")])]);
  const chosen = await readDropped(dropped(folder));
  expect(chosen).toMatchObject({ file: { name: "pets.tar" }, source: "folder" });
  expect(chosen?.file.size).toBe(3 * 1024 + 1024);
});

it("packs several dropped folders together, and takes a dropped archive as it is", async () => {
  const folders = ["cat", "dog"].map((name) => entry(name, [entry(`${name}/1.png`)]));
  expect((await readDropped(dropped(...folders)))?.file.name).toBe("images.tar");
  expect((await readDropped(dropped(entry("birds.zip"))))?.source).toBe("file");
  expect(await readDropped(dropped())).toBeNull();
});
