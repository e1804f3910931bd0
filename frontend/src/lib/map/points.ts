/** Points of the map, as columns of typed arrays. Pure. */
import type { Verdict } from "@/lib/client/types";
import type { Tile } from "@/lib/tile";

/** Codes of the verdicts; 0 is not reviewed. */
export const VERDICT_CODES: readonly (Verdict | null)[] = [
  null,
  "correct",
  "wrong",
  "wrong_unknown",
  "unsure",
  "unusable",
];

/** One entry per sample of a job's ranking; the i-th entries of all columns belong to one sample. */
export interface MapPoints {
  length: number;
  sampleIds: BigInt64Array;
  /** Position, 0 to 1 in each dimension; y grows upwards. */
  x: Float32Array;
  y: Float32Array;
  score: Float32Array;
  /** Index of the given label's class. */
  given: Int32Array;
  suggested: Int32Array;
  /** Index of the settled class; -1 without one. */
  settled: Int32Array;
  /** Index into `VERDICT_CODES`. */
  verdict: Uint8Array;
  /** The dataset's newest verification when the map was read. */
  seen: string;
}

const MAGIC = "MSLGMAP1";
const HEADER_BYTES = 16;

/** Reads the bytes of `GET /jobs/{id}/map`: a header, then one column after the other, little-endian. */
export function readPoints(buffer: ArrayBuffer): MapPoints {
  const magic = new TextDecoder().decode(buffer.slice(0, MAGIC.length));
  if (magic !== MAGIC) throw new Error("The service sent a map in an unknown format.");
  const length = new DataView(buffer).getUint32(MAGIC.length, true);
  let offset = HEADER_BYTES;
  const take = (bytes: number) => {
    const start = offset;
    offset += bytes * length;
    return start;
  };
  const columns = {
    length,
    sampleIds: new BigInt64Array(buffer, take(8), length),
    x: new Float32Array(buffer, take(4), length),
    y: new Float32Array(buffer, take(4), length),
    score: new Float32Array(buffer, take(4), length),
    given: new Int32Array(buffer, take(4), length),
    suggested: new Int32Array(buffer, take(4), length),
    settled: new Int32Array(buffer, take(4), length),
    verdict: new Uint8Array(buffer, take(1), length),
  };
  return { ...columns, seen: String(new DataView(buffer).getBigInt64(offset, true)) };
}

/** The sample of a point. */
export function tileOfPoint(points: MapPoints, classes: readonly string[], index: number): Tile {
  const name = (at: number | undefined) => classes[at ?? -1] ?? null;
  return {
    sampleId: String(points.sampleIds[index] ?? ""),
    rank: null,
    given: name(points.given[index]) ?? "",
    suggested: name(points.suggested[index]) ?? "",
    score: points.score[index] ?? 0,
    verdict: VERDICT_CODES[points.verdict[index] ?? 0] ?? null,
    settled: name(points.settled[index]),
    seen: points.seen,
  };
}
