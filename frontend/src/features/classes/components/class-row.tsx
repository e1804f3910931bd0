import { Button } from "@/components/ui/button";
import { ClassDot } from "@/components/ui/class-dot";
import { cx } from "@/components/ui/cx";
import { Kbd } from "@/components/ui/kbd";
import { TD } from "@/components/ui/table";
import type { DatasetClass } from "@/lib/client/types";

interface Props {
  shown: DatasetClass;
  isBusy: boolean;
  isFirst: boolean;
  isLast: boolean;
  onMove: (by: -1 | 1) => void;
  onEdit: () => void;
  onMerge: () => void;
  onRemove: () => void;
}

/** One class with what can be done with it. */
export function ClassRow(props: Props) {
  const { shown, isBusy, isFirst, isLast, onMove, onEdit, onMerge, onRemove } = props;
  const { name, colour, key, description } = shown;
  return (
    <tr>
      <td className={cx(TD, "whitespace-nowrap")}>
        <Button
          look="quiet"
          className="px-1.5"
          aria-label={`Move ${name} up`}
          disabled={isBusy || isFirst}
          onClick={() => {
            onMove(-1);
          }}
        >
          ↑
        </Button>
        <Button
          look="quiet"
          className="px-1.5"
          aria-label={`Move ${name} down`}
          disabled={isBusy || isLast}
          onClick={() => {
            onMove(1);
          }}
        >
          ↓
        </Button>
      </td>
      <td className={cx(TD, "max-w-56 break-words")}>
        <ClassDot colour={colour} /> <span className="font-medium">{name}</span>
        {description != null && <p className="text-muted">{description}</p>}
      </td>
      <td className={TD}>{key != null && <Kbd>{key.toUpperCase()}</Kbd>}</td>
      <td className={cx(TD, "text-right whitespace-nowrap")}>
        <Button look="quiet" aria-label={`Edit ${name}`} disabled={isBusy} onClick={onEdit}>
          Edit
        </Button>
        <Button look="quiet" aria-label={`Merge ${name}`} disabled={isBusy} onClick={onMerge}>
          Merge …
        </Button>
        <Button look="quiet" aria-label={`Remove ${name}`} disabled={isBusy} onClick={onRemove}>
          Remove
        </Button>
      </td>
    </tr>
  );
}
