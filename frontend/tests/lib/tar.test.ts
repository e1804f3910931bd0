import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, it } from "vitest";

import { packTar, type PackedFile } from "@/lib/uploads/tar";

const LONG = `${"folder/".repeat(20)}image.png`;
const FILES: PackedFile[] = [
  { path: "photos/cat/1.png", file: new File(["one"], "1.png", { lastModified: 5000 }) },
  {
    path: "photos/Käuzchen/2.png",
    file: new File(["x".repeat(512)], "2.png", { lastModified: 7000 }),
  },
  { path: LONG, file: new File([""], "image.png", { lastModified: 6000 }) },
];

function bytesOf(file: File): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(new Uint8Array(reader.result as ArrayBuffer));
    };
    reader.readAsArrayBuffer(file);
  });
}

it("makes an archive that tar unpacks, with names of any length and language", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "mslg-"));
  writeFileSync(path.join(folder, "a.tar"), await bytesOf(packTar(FILES, "a.tar")));
  execFileSync("tar", ["-xf", "a.tar"], {
    cwd: folder,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  for (const { path: name, file } of FILES) {
    expect(readFileSync(path.join(folder, name))).toEqual(Buffer.from(await bytesOf(file)));
  }
  rmSync(folder, { recursive: true });
});

it("makes the same bytes of the same files in another order", async () => {
  const archive = packTar(FILES, "photos.tar");
  const other = packTar([...FILES].reverse(), "photos.tar");
  expect(await bytesOf(other)).toEqual(await bytesOf(archive));
  expect(archive.lastModified).toBe(7000);
});
