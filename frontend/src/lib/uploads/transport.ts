/** Sends a file by the protocol tus: announces it, sends its bytes over as many connections as it takes. */
import { DetailedError, Upload as TusUpload } from "tus-js-client";

import { API_ROOT, api, unwrap } from "@/lib/client/client";
import type { Upload } from "@/lib/client/types";
import { ApiProblem, type Problem, readProblem, toProblem } from "@/lib/problem";

/** What an archive holds, and the dataset it fills: an existing one, or a new one. */
export interface UploadTarget {
  kind: "dataset" | "verified_images" | "addition";
  datasetId: string | null;
  datasetName: string | null;
}

export interface TransferEvents {
  onProgress: (sent: number) => void;
  /** The connection is lost; another attempt follows. */
  onWaiting: () => void;
  onSent: () => void;
  onProblem: (problem: Problem) => void;
}

/** A file on its way. `start` also continues a paused one. */
export interface Transfer {
  start: () => void;
  pause: () => void;
}

/** What the list of uploads needs of the service; tests have their own. */
export interface Transport {
  create: (file: File, target: UploadTarget) => Promise<Upload>;
  transfer: (id: string, file: File, events: TransferEvents) => Transfer;
  find: (id: string) => Promise<Upload>;
  stop: (id: string) => Promise<void>;
}

const TUS = { "Tus-Resumable": "1.0.0" } as const;
// Enough for the service to recognise the kind of file.
const HEAD_BYTES = 4096;
// Limits what a cut costs. A proxy may pass on a request's body only when it has all of it, and Chromium repeats a whole
// request whose connection was reset.
const CHUNK_BYTES = 8 * 1024 * 1024;
const DELAYS_MS = [0, 1000, 3000, 5000, ...Array.from({ length: 10_000 }, () => 10_000)];

function metadata(file: File, { kind, datasetId, datasetName }: UploadTarget): string {
  const values = {
    filename: file.name,
    kind,
    // Datasets and additions are checked first.
    ...(kind !== "verified_images" && { dry_run: "true" }),
    ...(datasetId === null ? { dataset_name: datasetName ?? "" } : { dataset_id: datasetId }),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name} ${toBase64(value)}`)
    .join(",");
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function create(file: File, target: UploadTarget): Promise<Upload> {
  const header = {
    ...TUS,
    "Upload-Length": file.size,
    "Upload-Metadata": metadata(file, target),
  };
  const upload = await unwrap(api.POST("/api/v1/uploads", { params: { header } }));
  await sendHead(upload.id, file);
  return upload;
}

/** The first bytes go alone, so that a refusal of the kind of file arrives: browsers lose an answer in mid-request. */
async function sendHead(id: string, file: File): Promise<void> {
  const body = await file.slice(0, HEAD_BYTES).arrayBuffer();
  const headers = {
    ...TUS,
    "Upload-Offset": "0",
    "Content-Type": "application/offset+octet-stream",
  };
  const request = { method: "PATCH", headers, body };
  const response = await fetch(`${API_ROOT}/uploads/${id}`, request).catch(() => null);
  if (response === null) return; // no connection: the transfer tries again
  if (!response.ok) throw new ApiProblem(readProblem(response.status, await response.json()));
}

const GONE: Problem = {
  status: 404,
  code: "not_found",
  title: "This upload does not exist any more",
  detail: "It was stopped, or nobody continued it for long: upload the file again.",
  errors: [],
};

function problemOf(error: Error): Problem {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  if (response === null) return toProblem(new TypeError(error.message));
  if (response.getStatus() === 404) return GONE;
  return readProblem(response.getStatus(), parse(response.getBody()));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** 423: the service has not noticed yet that the last connection is lost. */
function isPassing({ status, code }: Problem): boolean {
  return status === 0 || status === 423 || status >= 500 || code === "wrong_offset";
}

function transfer(id: string, file: File, events: TransferEvents): Transfer {
  const upload = new TusUpload(file, {
    uploadUrl: `${API_ROOT}/uploads/${id}`,
    chunkSize: CHUNK_BYTES,
    retryDelays: DELAYS_MS,
    storeFingerprintForResuming: false,
    onProgress: events.onProgress,
    onShouldRetry: (error) => {
      const passes = isPassing(problemOf(error));
      if (passes) events.onWaiting();
      return passes;
    },
    onSuccess: events.onSent,
    onError: (error) => {
      events.onProblem(problemOf(error));
    },
  });
  return {
    start: () => {
      upload.start();
    },
    pause: () => void upload.abort(),
  };
}

const path = (id: string) => ({ path: { upload_id: id } });

export const tusTransport: Transport = {
  create,
  transfer,
  find: (id) => unwrap(api.GET("/api/v1/uploads/{upload_id}", { params: path(id) })),
  stop: async (id) => {
    const params = { ...path(id), header: TUS };
    await unwrap(api.DELETE("/api/v1/uploads/{upload_id}", { params }));
  },
};
