import type { Item } from "@/lib/annotate/item";
import { formatScore } from "@/lib/format";

/** File name and rank, and the latest decision, whose image is no longer shown. */
export function StageCaption({ item, note }: { item: Item | undefined; note: string }) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-x-4 border-t border-line px-3 py-1 text-xs text-muted">
      {item !== undefined && (
        <a
          href={`/images/${item.sampleId}`}
          target="_blank"
          rel="noreferrer"
          className="min-w-0 truncate font-mono hover:text-accent hover:underline"
          title={`${item.fileName}: open its page in a new tab`}
        >
          {item.fileName}
        </a>
      )}
      <span
        role="status"
        aria-label="Latest decision"
        className="min-w-0 grow truncate"
        title={note}
      >
        {note}
      </span>
      {item?.rank != null && item.score !== null && (
        <span className="whitespace-nowrap">
          rank {item.rank} · score {formatScore(item.score)}
        </span>
      )}
    </div>
  );
}
