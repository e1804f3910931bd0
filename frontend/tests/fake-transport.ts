import { ApiProblem, readProblem } from "@/lib/problem";
import type { Chosen } from "@/lib/uploads/chosen-files";
import type { Transport, TransferEvents, UploadTarget } from "@/lib/uploads/transport";
import type { Upload } from "@/lib/client/types";

export const NEW: UploadTarget = { kind: "dataset", datasetId: null, datasetName: "Birds" };

export function chooseFile(text = "0123456789", lastModified = 1000): Chosen {
  return { file: new File([text], "birds.zip", { lastModified }), source: "file" };
}

/** A service whose transfers are controlled by the test. */
export class FakeTransport implements Transport {
  uploads = new Map<string, Upload>();
  events: TransferEvents | null = null;
  calls: string[] = [];
  refusal: ApiProblem | null = null;

  create = (file: File, { kind, datasetName }: UploadTarget) => {
    if (this.refusal) return Promise.reject(this.refusal);
    const id = `u${this.uploads.size + 1}`;
    const upload: Upload = {
      id,
      kind,
      status: "receiving",
      dataset_id: "d1",
      dataset_name: datasetName,
      file_name: file.name,
      length: file.size,
      offset: 0,
      is_receiving: false,
      dry_run: true,
      expires_at: "2026-12-01T00:00:00Z",
    };
    this.uploads.set(id, upload);
    return Promise.resolve(upload);
  };

  transfer = (id: string, _file: File, events: TransferEvents) => {
    this.events = events;
    return {
      start: () => this.calls.push(`start ${id}`),
      pause: () => this.calls.push(`pause ${id}`),
    };
  };

  find = (id: string) => {
    const upload = this.uploads.get(id);
    return upload
      ? Promise.resolve(upload)
      : Promise.reject(new ApiProblem(readProblem(404, null)));
  };

  stop = (id: string) => {
    this.calls.push(`stop ${id}`);
    this.uploads.delete(id);
    return Promise.resolve();
  };

  change(id: string, values: Partial<Upload>): void {
    const upload = this.uploads.get(id);
    if (upload) this.uploads.set(id, { ...upload, ...values });
  }
}
