import { Button } from "@/components/ui/button";
import type { Preview } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";

/** What is left out of the archive, by reason. */
export function LeftOutList({ preview }: { preview: Preview }) {
  if (preview.left_out.length === 0) return null;
  return (
    <section aria-label="Left out">
      <h3 className="text-sm font-medium">Left out</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 text-sm">
        {preview.left_out.map(({ code, reason, count, examples }) => (
          <li key={code} className="break-words">
            {formatPlural(count, "file or row", "files or rows")}, such as{" "}
            <span className="font-mono text-xs break-all">{examples.join(", ")}</span>: {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was guessed or decided, and why. */
export function NotesList({ preview }: { preview: Preview }) {
  if (preview.notes.length === 0) return null;
  return (
    <section aria-label="How it was read">
      <h3 className="text-sm font-medium">How it was read</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5 text-sm">
        {preview.notes.map((note) => (
          <li key={note} className="break-words">
            {note}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface SimilarProps {
  preview: Preview;
  onMerge: (group: readonly string[]) => void;
}

/** Classes with similar names, each group with a button that merges it. */
export function SimilarClasses({ preview, onMerge }: SimilarProps) {
  if (preview.similar_classes.length === 0) return null;
  return (
    <ul aria-label="Classes with similar names" className="space-y-2">
      {preview.similar_classes.map((group) => (
        <li
          key={group.join("/")}
          className="flex flex-wrap items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-3 py-2 text-sm"
        >
          <span className="font-mono break-all whitespace-pre-wrap">
            {group.map((name) => JSON.stringify(name)).join(" and ")}
          </span>
          <Button
            onClick={() => {
              onMerge(group);
            }}
          >
            Merge
          </Button>
        </li>
      ))}
    </ul>
  );
}
