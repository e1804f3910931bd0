import { API_ROOT } from "@/lib/client/client";
import { ApiProblem, readProblem } from "@/lib/problem";

export interface UploadProgress {
  sent: number;
  total: number;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return null;
  }
}

/** What an archive holds, with its address below the dataset's. Datasets and additions are only checked: nothing else is stored. */
const TARGETS = {
  dataset: { method: "PUT", path: "archive?dry_run=true&" },
  additions: { method: "POST", path: "additions?dry_run=true&" },
  verifiedImages: { method: "POST", path: "verified-images?" },
} as const;

/** Uploads the file unchanged. Uses XMLHttpRequest, because fetch() reports no upload progress. */
export function uploadArchive(
  datasetId: string,
  kind: keyof typeof TARGETS,
  file: File,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const name = encodeURIComponent(file.name);
    const { method, path } = TARGETS[kind];
    request.open(method, `${API_ROOT}/datasets/${datasetId}/${path}file_name=${name}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded }) => {
      onProgress({ sent: loaded, total: file.size });
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(new ApiProblem(readProblem(request.status, parse(request.responseText))));
    };
    request.onerror = () => {
      reject(new TypeError("The upload was interrupted."));
    };
    request.onabort = () => {
      reject(new DOMException("The upload was stopped.", "AbortError"));
    };
    signal.addEventListener("abort", () => {
      request.abort();
    });
    request.send(file);
  });
}
