import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { isUnderWay } from "@/lib/uploads/upload-item";
import type { UploadList } from "@/lib/uploads/upload-list";
import { uploads, useUploads } from "@/lib/uploads/use-uploads";
import { useUnloadWarning } from "@/lib/use-unload-warning";

import { UploadRow } from "./upload-row";

/** Reads datasets again when an upload completes: it may have created one. */
function useFreshDatasets(numComplete: number): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (numComplete > 0) void queryClient.invalidateQueries({ queryKey: ["datasets"] });
  }, [numComplete, queryClient]);
}

/** Lists what an earlier tab left unfinished, and continues when the connection is back. */
function useReturn(list: UploadList): void {
  useEffect(() => {
    void list.restore();
    const reconnect = () => {
      list.reconnect();
    };
    window.addEventListener("online", reconnect);
    return () => {
      window.removeEventListener("online", reconnect);
    };
  }, [list]);
}

/** All uploads, at the bottom of every page. */
export function UploadTray({ list = uploads }: { list?: UploadList }) {
  const items = useUploads(list);
  useReturn(list);
  useUnloadWarning(items.some(isUnderWay));
  useFreshDatasets(items.filter(({ status }) => status === "complete").length);

  if (items.length === 0) return null;
  return (
    <section
      aria-label="Uploads"
      className="sticky bottom-0 z-30 max-h-[40vh] overflow-y-auto border-t border-line-strong bg-surface"
    >
      <ul className="mx-auto w-full max-w-[76rem] divide-y divide-line px-6">
        {items.map((item) => (
          <UploadRow key={item.key} item={item} list={list} />
        ))}
      </ul>
    </section>
  );
}
