import { useEffect, useRef, useState } from "react";

import type { Problem } from "@/lib/problem";
import type { Chosen } from "@/lib/uploads/chosen-files";
import type { UploadTarget } from "@/lib/uploads/transport";
import { canTryAgain, type UploadItem } from "@/lib/uploads/upload-item";
import { uploads, useUploads } from "@/lib/uploads/use-uploads";

/** Whether an upload fills the same dataset with an archive of the same kind. */
function isSameTarget({ target }: UploadItem, { datasetId, kind }: UploadTarget): boolean {
  return datasetId !== null && target.datasetId === datasetId && target.kind === kind;
}

/**
 * Begins an upload, or finds one that another page began for the same dataset.
 *
 * An upload that began here is taken off the tray when it ends while this page is shown: `onUploaded` is called with
 * the dataset, or `problem` tells why it was refused.
 */
export function useUpload(target: UploadTarget, onUploaded: (datasetId: string) => void) {
  const items = useUploads();
  const [key, setKey] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = items.find((item) => item.key === key);
  const callback = useRef(onUploaded);

  useEffect(() => {
    callback.current = onUploaded;
  });

  useEffect(() => {
    if (key === null) return;
    const end = () => {
      setKey(null);
      uploads.dismiss(key);
    };
    return uploads.subscribe(() => {
      const item = uploads.snapshot().find((other) => other.key === key);
      if (item?.status === "complete" && item.datasetId !== null) {
        end();
        callback.current(item.datasetId);
      } else if (item?.status === "failed" && item.problem && !canTryAgain(item.problem)) {
        end();
        setProblem(item.problem);
      }
    });
  }, [key]);

  return {
    isBusy: own !== undefined || items.some((item) => isSameTarget(item, target)),
    isStopped: key !== null && own === undefined,
    problem,
    start: (chosen: Chosen) => {
      setProblem(null);
      setKey(uploads.start(chosen, target));
    },
  };
}
