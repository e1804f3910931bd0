import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import type { RemovedImage } from "@/lib/client/types";
import { formatCount, formatTime } from "@/lib/format";

import { removedImagesQuery, useRestoreImages } from "../api/queries";

interface RowProps {
  image: RemovedImage;
  isBusy: boolean;
  onRestore: () => void;
}

function ImageRow({ image, isBusy, onRestore }: RowProps) {
  const { sample_id, file_name, given_label, removed_by, removed_at } = image;
  return (
    <li className="flex items-center gap-3 border-b border-line py-1.5 last:border-0">
      <img
        src={`/api/v1/samples/${sample_id}/thumbnail?size=96`}
        alt=""
        loading="lazy"
        className="size-12 shrink-0 rounded bg-raised object-contain"
      />
      <div className="min-w-0 grow text-sm">
        <p className="truncate font-medium" title={file_name}>
          {file_name}
        </p>
        <p className="text-muted">
          {given_label ?? "no label"} · {removed_by !== "" && `${removed_by}, `}
          {formatTime(removed_at)}
        </p>
      </div>
      <Button aria-label={`Restore ${file_name}`} disabled={isBusy} onClick={onRestore}>
        Restore
      </Button>
    </li>
  );
}

/** The images that were removed from the dataset, to be restored. */
export function RemovedImagesPanel({ datasetId, count }: { datasetId: string; count: number }) {
  const { data: page, error, refetch } = useQuery(removedImagesQuery(datasetId));
  const restore = useRestoreImages(datasetId);
  const images = page?.items ?? [];
  return (
    <Panel
      title={`Removed images (${formatCount(count)})`}
      aside={
        <Button
          disabled={restore.isPending || images.length === 0}
          onClick={() => {
            restore.mutate(images.map(({ sample_id }) => sample_id));
          }}
        >
          Restore {images.length < count ? `the latest ${formatCount(images.length)}` : "all"}
        </Button>
      }
    >
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {restore.error !== null && <ProblemPanel error={restore.error} />}
      {page === undefined && error === null && <Loading />}
      <ScrollBox label="Removed images" className="max-h-72">
        <ul>
          {images.map((image) => (
            <ImageRow
              key={image.sample_id}
              image={image}
              isBusy={restore.isPending}
              onRestore={() => {
                restore.mutate([image.sample_id]);
              }}
            />
          ))}
        </ul>
      </ScrollBox>
    </Panel>
  );
}
