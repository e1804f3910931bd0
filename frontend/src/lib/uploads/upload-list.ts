/** The uploads of this tab, and those that an earlier one left unfinished. They go on while pages change. */
import { type Problem, toProblem } from "@/lib/problem";

import type { Chosen } from "./chosen-files";
import { Rate } from "./rate";
import {
  forgetUpload,
  isSameFile,
  readUploads,
  type StoredUpload,
  storeUpload,
} from "./stored-uploads";
import type { Transfer, Transport, UploadTarget } from "./transport";
import { canTryAgain, type UploadItem } from "./upload-item";

/** What is not shown. */
interface Work {
  id: string | null;
  file: File | null;
  stored: StoredUpload | null;
  transfer: Transfer | null;
  rate: Rate;
}

const POLL_MS = 1000;
const RESTORE_MS = 5000;
const OTHER_FILE: Problem = {
  status: 0,
  code: "other_file",
  title: "This is another file",
  detail: "Choose the file or folder that the upload began with. It must not have changed since.",
  errors: [],
};

export class UploadList {
  private items: readonly UploadItem[] = [];
  private work = new Map<string, Work>();
  private listeners = new Set<() => void>();
  private count = 0;
  private restoring = new Set<string>();

  constructor(private readonly transport: Transport) {}

  snapshot = (): readonly UploadItem[] => this.items;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begins an upload; returns its key. */
  start({ file, source }: Chosen, target: UploadTarget): string {
    const key = this.add({ fileName: file.name, source, size: file.size, target }, { file });
    void this.create(key, file);
    return key;
  }

  /** Lists the uploads that an earlier tab left unfinished. Those of another open tab are left to it. */
  async restore(): Promise<void> {
    const known = new Set([...this.work.values()].map(({ id }) => id));
    const found = readUploads().filter(({ id }) => !known.has(id) && !this.restoring.has(id));
    await Promise.all(found.map((stored) => this.restoreOne(stored)));
  }

  /** Continues an upload with its file, which was chosen again. */
  goOn(key: string, { file }: Chosen): void {
    const work = this.work.get(key);
    if (!work?.stored) return;
    if (!isSameFile(work.stored, file)) {
      this.change(key, { problem: OTHER_FILE });
      return;
    }
    work.file = file;
    this.send(key, work.stored.id, file);
  }

  pause(key: string): void {
    const work = this.work.get(key);
    work?.transfer?.pause();
    work?.rate.reset();
    this.change(key, { status: "paused", rate: null });
  }

  /** Continues after a pause, or tries again after a failure that may pass. */
  resume(key: string): void {
    const work = this.work.get(key);
    this.change(key, { status: work?.transfer ? "sending" : "starting", problem: null });
    if (work?.transfer) work.transfer.start();
    else if (work?.file) void this.create(key, work.file);
  }

  /** Continues those that wait for the connection, now that it is back. */
  reconnect(): void {
    for (const { key, status } of this.items) {
      if (status !== "waiting") continue;
      this.work.get(key)?.transfer?.pause();
      this.resume(key);
    }
  }

  /** Stops an upload and deletes what has arrived of it. */
  async stop(key: string): Promise<void> {
    const work = this.work.get(key);
    work?.transfer?.pause();
    this.dismiss(key);
    if (!work?.id) return;
    try {
      await this.transport.stop(work.id);
    } catch {
      // It is gone already, or the service deletes it when it expires.
    }
  }

  /** Takes an upload off the list. */
  dismiss(key: string): void {
    const id = this.work.get(key)?.id;
    if (id != null) forgetUpload(id);
    this.work.delete(key);
    this.publish(this.items.filter((item) => item.key !== key));
  }

  private add(
    shown: Pick<UploadItem, "fileName" | "source" | "size" | "target">,
    work: Partial<Work>,
  ): string {
    this.count += 1;
    const key = `${this.count}`;
    this.work.set(key, {
      ...{ id: null, file: null, stored: null, transfer: null, rate: new Rate() },
      ...work,
    });
    const state = {
      sent: 0,
      rate: null,
      status: "starting",
      problem: null,
      datasetId: null,
    } as const;
    this.publish([...this.items, { key, ...shown, ...state }]);
    return key;
  }

  private async create(key: string, file: File): Promise<void> {
    const item = this.items.find((other) => other.key === key);
    if (item === undefined) return;
    const { target, source, fileName, size } = item;
    try {
      const { id } = await this.transport.create(file, target);
      const stored = { id, target, source, fileName, size, lastModified: file.lastModified };
      const work = this.work.get(key);
      if (work === undefined) {
        await this.transport.stop(id); // it was stopped meanwhile
        return;
      }
      storeUpload(stored);
      Object.assign(work, { id, stored });
      this.send(key, id, file);
    } catch (error) {
      this.change(key, { status: "failed", problem: toProblem(error) });
    }
  }

  private async restoreOne(stored: StoredUpload): Promise<void> {
    const { fileName, source, size, target, id } = stored;
    this.restoring.add(id);
    try {
      const { status, offset, is_receiving } = await this.transport.find(id);
      if (status === "complete") forgetUpload(id);
      else if (is_receiving) setTimeout(() => void this.restore(), RESTORE_MS);
      else {
        const key = this.add({ fileName, source, size, target }, { id, stored });
        this.change(key, { status: "fileless", sent: offset });
      }
    } catch (error) {
      if (!canTryAgain(toProblem(error))) forgetUpload(id);
    }
    this.restoring.delete(id);
  }

  private send(key: string, id: string, file: File): void {
    const work = this.work.get(key);
    if (work === undefined) return;
    work.transfer = this.transport.transfer(id, file, {
      onProgress: (sent) => {
        const rate = work.rate.add(sent, Date.now());
        this.change(key, { status: "sending", sent, rate });
      },
      onWaiting: () => {
        work.rate.reset();
        this.change(key, { status: "waiting", rate: null });
      },
      onSent: () => void this.finish(key, id),
      onProblem: (problem) => {
        this.change(key, { status: "failed", problem, rate: null });
        if (!canTryAgain(problem)) forgetUpload(id);
      },
    });
    this.change(key, { status: "sending", problem: null });
    work.transfer.start();
  }

  /** Waits until the service has stored the archive, which takes a while in a bucket. */
  private async finish(key: string, id: string): Promise<void> {
    this.change(key, { status: "finishing", rate: null });
    while (this.work.has(key)) {
      try {
        const { status, dataset_id } = await this.transport.find(id);
        if (status === "complete") {
          forgetUpload(id);
          this.change(key, { status: "complete", datasetId: dataset_id });
          return;
        }
      } catch (error) {
        const problem = toProblem(error);
        if (!canTryAgain(problem)) {
          this.change(key, { status: "failed", problem });
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private change(key: string, values: Partial<UploadItem>): void {
    this.publish(this.items.map((item) => (item.key === key ? { ...item, ...values } : item)));
  }

  private publish(items: readonly UploadItem[]): void {
    this.items = items;
    for (const listener of this.listeners) listener();
  }
}
