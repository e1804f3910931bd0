/** Packs files into a tar archive without reading them: the archive refers to the files on disk. */

export interface PackedFile {
  /** Path in the archive, with slashes. */
  path: string;
  file: File;
}

const BLOCK = 512;
const encoder = new TextEncoder();

function octal(value: number, digits: number): string {
  return `${Math.floor(value).toString(8).padStart(digits, "0")}\0`;
}

/** One header block of the POSIX format ustar. */
function header(path: Uint8Array, size: number, seconds: number, type: string): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const write = (text: string, at: number) => {
    block.set(encoder.encode(text), at);
  };
  block.set(path.subarray(0, 100));
  write(octal(0o644, 7), 100);
  write(octal(0, 7), 108);
  write(octal(0, 7), 116);
  write(octal(size, 11), 124);
  write(octal(seconds, 11), 136);
  write(" ".repeat(8), 148);
  write(type, 156);
  write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  write(`${octal(sum, 6)} `, 148);
  return block;
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** A record of the extended format pax, whose length counts itself. */
function record(name: string, value: string): Uint8Array {
  const rest = encoder.encode(` ${name}=${value}\n`).length;
  let length = rest + 1;
  while (`${length}`.length + rest !== length) length = `${length}`.length + rest;
  return encoder.encode(`${length} ${name}=${value}\n`);
}

function entry({ path, file }: PackedFile): BlobPart[] {
  const name = encoder.encode(path);
  const seconds = file.lastModified / 1000;
  const parts: Uint8Array[] = [];
  if (name.length > 100 || name.length !== path.length) {
    const extended = record("path", path);
    parts.push(header(encoder.encode("pax"), extended.length, seconds, "x"));
    parts.push(extended, padding(extended.length));
  }
  parts.push(header(name, file.size, seconds, "0"));
  return [...(parts as BlobPart[]), file, padding(file.size) as BlobPart];
}

/** The archive. The same files give the same bytes, in whatever order they come, so an upload of it can go on. */
export function packTar(files: readonly PackedFile[], name: string): File {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const lastModified = Math.max(...files.map(({ file }) => file.lastModified));
  const end = new Uint8Array(2 * BLOCK);
  return new File([...sorted.flatMap(entry), end], name, { lastModified });
}
