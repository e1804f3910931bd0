import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";

import { verifiedImagesQuery } from "@/features/datasets/api/queries";
import { useAddedArchive } from "@/features/datasets/api/use-added-archive";

import { fakeService } from "../fake-service";

it("requests the counts again after an ingest that was never seen running", async () => {
  const items: { id: string; status: string }[] = [];
  fakeService({ "GET /datasets/*/verified-images": () => ({ items: [...items] }) });
  const client = new QueryClient();
  const { queryKey } = verifiedImagesQuery("short");
  const counts = ["datasets", "short", "verified"];
  client.setQueryData(counts, { total: 0 });
  renderHook(() => useAddedArchive("short", "verified_images"), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
  await waitFor(() => {
    expect(client.getQueryData(queryKey)).toEqual({ items: [] });
  });
  expect(client.getQueryState(counts)?.isInvalidated).toBe(false);

  items.push({ id: "first", status: "succeeded" });
  await client.invalidateQueries({ queryKey });
  await waitFor(() => {
    expect(client.getQueryState(counts)?.isInvalidated).toBe(true);
  });
});
