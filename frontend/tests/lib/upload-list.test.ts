import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ApiProblem, readProblem } from "@/lib/problem";
import { UploadList } from "@/lib/uploads/upload-list";

import { chooseFile, FakeTransport, NEW } from "../fake-transport";

let service: FakeTransport;
let list: UploadList;

beforeEach(() => {
  vi.useFakeTimers();
  service = new FakeTransport();
  list = new UploadList(service);
});

afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const first = () => list.snapshot()[0];

async function begin(): Promise<string> {
  const key = list.start(chooseFile(), NEW);
  await settle();
  return key;
}

it("sends a file and tells which dataset it has filled", async () => {
  await begin();
  expect(service.calls).toEqual(["start u1"]);
  service.events?.onProgress(4);
  expect(first()).toMatchObject({ status: "sending", sent: 4, size: 10, fileName: "birds.zip" });
  service.events?.onSent();
  await settle();
  expect(first()).toMatchObject({ status: "finishing" });
  service.change("u1", { status: "complete" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(first()).toMatchObject({ status: "complete", datasetId: "d1" });
  expect(window.localStorage).toHaveLength(0);
});

it("shows the rate, and forgets it during a pause", async () => {
  const key = await begin();
  service.events?.onProgress(0);
  await vi.advanceTimersByTimeAsync(1000);
  service.events?.onProgress(4);
  expect(first()?.rate).toBe(4);
  list.pause(key);
  expect(first()).toMatchObject({ status: "paused", rate: null });
  list.resume(key);
  expect(service.calls).toEqual(["start u1", "pause u1", "start u1"]);
});

it("continues at once when the connection is back", async () => {
  await begin();
  service.events?.onWaiting();
  expect(first()?.status).toBe("waiting");
  list.reconnect();
  expect(first()?.status).toBe("sending");
  expect(service.calls).toEqual(["start u1", "pause u1", "start u1"]);
});

it("does not continue a paused upload when the connection is back", async () => {
  list.pause(await begin());
  list.reconnect();
  expect(first()?.status).toBe("paused");
});

it("stops an upload and leaves nothing", async () => {
  await list.stop(await begin());
  expect(list.snapshot()).toEqual([]);
  expect(service.uploads.size).toBe(0);
  expect(window.localStorage).toHaveLength(0);
});

it("stops an upload that is just being announced", async () => {
  const key = list.start(chooseFile(), NEW);
  await list.stop(key);
  await settle();
  expect(service.uploads.size).toBe(0);
  expect(window.localStorage).toHaveLength(0);
});

it("goes on with the same file after its tab was closed", async () => {
  await begin();
  service.change("u1", { offset: 6 });
  list = new UploadList(service);
  await list.restore();
  await list.restore();
  expect(list.snapshot()).toHaveLength(1);
  expect(first()).toMatchObject({ status: "fileless", sent: 6, fileName: "birds.zip" });
  const key = first()?.key ?? "";
  list.goOn(key, chooseFile("another one"));
  expect(first()).toMatchObject({ status: "fileless", problem: { code: "other_file" } });
  list.goOn(key, chooseFile("9876543210", 2000));
  expect(first()?.problem?.code).toBe("other_file");
  list.goOn(key, chooseFile());
  expect(first()).toMatchObject({ status: "sending", problem: null });
});

it("leaves an upload to the tab that sends it", async () => {
  await begin();
  service.change("u1", { is_receiving: true });
  list = new UploadList(service);
  await list.restore();
  expect(list.snapshot()).toEqual([]);
  service.change("u1", { is_receiving: false });
  await vi.advanceTimersByTimeAsync(5000);
  expect(first()?.status).toBe("fileless");
});

it("forgets uploads that have expired or were completed elsewhere", async () => {
  await begin();
  await begin();
  service.uploads.delete("u1");
  service.change("u2", { status: "complete" });
  list = new UploadList(service);
  await list.restore();
  expect(list.snapshot()).toEqual([]);
  expect(window.localStorage).toHaveLength(0);
});

it("ignores what it cannot read in localStorage", async () => {
  window.localStorage.setItem("mslg.upload.x", "{");
  window.localStorage.setItem("mslg.upload.y", '{"id": 3}');
  await list.restore();
  expect(list.snapshot()).toEqual([]);
});

it("shows why a file is refused", async () => {
  service.refusal = new ApiProblem(
    readProblem(415, { code: "not_an_archive", title: "File refused" }),
  );
  await begin();
  expect(first()).toMatchObject({ status: "failed", problem: { code: "not_an_archive" } });
  expect(window.localStorage).toHaveLength(0);
});

it("tries again when the service could not be reached", async () => {
  service.refusal = new ApiProblem(readProblem(503, null));
  const key = await begin();
  expect(first()?.status).toBe("failed");
  service.refusal = null;
  list.resume(key);
  await settle();
  expect(first()).toMatchObject({ status: "sending", problem: null });
});

it("keeps an upload whose session has expired", async () => {
  await begin();
  service.events?.onProblem(readProblem(401, null));
  expect(first()?.status).toBe("failed");
  expect(window.localStorage).toHaveLength(1);
  service.events?.onProblem(readProblem(404, null));
  expect(window.localStorage).toHaveLength(0);
});
