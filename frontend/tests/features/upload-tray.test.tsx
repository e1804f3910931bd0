import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { UploadTray } from "@/features/uploads";
import { UploadList } from "@/lib/uploads/upload-list";

import { chooseFile, FakeTransport, NEW } from "../fake-transport";

let service: FakeTransport;
let list: UploadList;
let queries: QueryClient;

beforeEach(() => {
  // jsdom has no layout to scroll.
  vi.spyOn(window, "scrollTo").mockImplementation(() => undefined);
  service = new FakeTransport();
  list = new UploadList(service);
  queries = new QueryClient();
});

async function showTray(): Promise<void> {
  const root = createRootRoute({ component: () => <UploadTray list={list} /> });
  const router = createRouter({ routeTree: root, history: createMemoryHistory() });
  await router.load();
  await act(async () => {
    render(
      <QueryClientProvider client={queries}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>,
    );
    await Promise.resolve();
  });
}

async function begin(): Promise<void> {
  await act(async () => {
    list.start(chooseFile(), NEW);
    await Promise.resolve();
  });
}

function isWarned(): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(event);
  return event.defaultPrevented;
}

it("is not there without uploads", async () => {
  await showTray();
  expect(screen.queryByRole("region", { name: "Uploads" })).not.toBeInTheDocument();
  expect(isWarned()).toBe(false);
});

it("shows progress, pauses, resumes and stops, and warns before the tab closes", async () => {
  const user = userEvent.setup();
  await showTray();
  await begin();
  act(() => {
    service.events?.onProgress(4);
  });
  expect(screen.getByRole("progressbar", { name: "Upload of birds.zip" })).toHaveAttribute(
    "aria-valuenow",
    "40",
  );
  expect(screen.getByText("40 % of 10 B")).toBeVisible();
  expect(isWarned()).toBe(true);
  await user.click(screen.getByRole("button", { name: "Pause" }));
  expect(screen.getByText("Paused at 40 % of 10 B")).toBeVisible();
  expect(isWarned()).toBe(false);
  await user.click(screen.getByRole("button", { name: "Resume" }));
  act(() => {
    service.events?.onWaiting();
  });
  expect(screen.getByText(/The connection is lost/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Stop upload" }));
  expect(screen.queryByRole("region", { name: "Uploads" })).not.toBeInTheDocument();
  expect(service.calls).toContain("stop u1");
});

it("asks for the file again after the tab was closed", async () => {
  list.start(chooseFile(), NEW);
  await vi.waitFor(() => {
    expect(window.localStorage).toHaveLength(1);
  });
  service.change("u1", { offset: 6 });
  list = new UploadList(service);
  await showTray();
  expect(await screen.findByText("Stopped at 60 % of 10 B when its page was closed")).toBeVisible();
  await userEvent.upload(screen.getByLabelText("Choose the file again"), chooseFile().file);
  expect(screen.getByRole("button", { name: "Pause" })).toBeVisible();
});

it("leads to the dataset that an upload has filled, and reads datasets again", async () => {
  queries.setQueryData(["datasets", "d0"], {});
  await showTray();
  await begin();
  service.change("u1", { status: "complete" });
  await act(async () => {
    service.events?.onSent();
    await Promise.resolve();
  });
  expect(await screen.findByRole("link", { name: "Open" })).toHaveAttribute("href", "/datasets/d1");
  expect(queries.getQueryState(["datasets", "d0"])?.isInvalidated).toBe(true);
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(list.snapshot()).toEqual([]);
});
