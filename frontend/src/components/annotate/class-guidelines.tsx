import { ClassDot } from "@/components/ui/class-dot";
import type { Item } from "@/lib/annotate/item";
import { isActive } from "@/lib/classes";
import type { DatasetClass } from "@/lib/client/types";

interface Props {
  classes: readonly DatasetClass[];
  item: Item | undefined;
}

/** Guidelines of classes, those of the given label and the suggestion first. */
export function ClassGuidelines({ classes, item }: Props) {
  const named = new Set([item?.given, item?.suggested]);
  const written = classes.filter((one) => isActive(one) && one.guideline != null);
  const shown = [
    ...written.filter(({ name }) => named.has(name)),
    ...written.filter(({ name }) => !named.has(name)),
  ];
  if (shown.length === 0) return null;
  return (
    <dl aria-label="Guidelines of classes" className="mt-2 max-h-48 space-y-1.5 overflow-y-auto">
      {shown.map(({ index, name, colour, guideline }) => (
        <div key={index} className="text-sm">
          <dt className="font-medium">
            <ClassDot colour={colour} /> {name}
          </dt>
          <dd className="break-words whitespace-pre-wrap text-muted">{guideline}</dd>
        </div>
      ))}
    </dl>
  );
}
