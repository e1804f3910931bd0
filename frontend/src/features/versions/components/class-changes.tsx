import type { ComparisonSummary } from "@/lib/client/types";

/** Names that a sentence lists; the rest is counted. */
const SHOWN = 8;

function list(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** How the classes differ, in sentences; nothing if they are the same. */
export function ClassChanges({ changes }: { changes: ComparisonSummary["of_classes"] }) {
  const renamed = changes.renamed.map(({ before, after }) => `${before} → ${after}`);
  const sentences = [
    { text: "New classes", names: changes.added },
    { text: "Classes that are no longer used", names: changes.removed },
    { text: "Renamed classes", names: renamed },
  ].filter(({ names }) => names.length > 0);
  if (sentences.length === 0) return null;
  return (
    <ul className="mb-4 list-disc pl-5" aria-label="Changes of classes">
      {sentences.map(({ text, names }) => (
        <li key={text}>
          {text}: {list(names)}
        </li>
      ))}
    </ul>
  );
}
