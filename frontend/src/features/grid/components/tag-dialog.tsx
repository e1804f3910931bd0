import { TagField } from "@/components/annotate/tags-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { tagsQuery, useChangeTags } from "@/lib/arrangement";
import { formatPlural } from "@/lib/format";
import { useQuery } from "@tanstack/react-query";

interface Props {
  datasetId: string;
  /** The images to tag; null while the dialog is closed. */
  sampleIds: readonly string[] | null;
  onClose: () => void;
}

/** Adds tags to the selection and removes them. */
export function TagDialog({ datasetId, sampleIds, onClose }: Props) {
  const { data } = useQuery(tagsQuery(datasetId));
  const change = useChangeTags(datasetId);
  const ids = sampleIds ?? [];
  return (
    <Dialog
      title={`Tag ${formatPlural(ids.length, "image")}`}
      open={sampleIds !== null}
      onOpenChange={onClose}
    >
      <div className="space-y-3">
        <TagField
          datasetId={datasetId}
          onAdd={(tag) => {
            change.mutate({ sampleIds: ids, add: [tag] }, { onSuccess: onClose });
          }}
        />
        <ul className="space-y-1">
          {data?.items.map(({ tag }) => (
            <li key={tag} className="flex items-center gap-2">
              <span className="min-w-0 grow truncate">{tag}</span>
              <Button
                aria-label={`Add the tag ${tag}`}
                onClick={() => {
                  change.mutate({ sampleIds: ids, add: [tag] }, { onSuccess: onClose });
                }}
              >
                Add
              </Button>
              <Button
                aria-label={`Remove the tag ${tag}`}
                onClick={() => {
                  change.mutate({ sampleIds: ids, remove: [tag] }, { onSuccess: onClose });
                }}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
        {change.error !== null && <ProblemPanel error={change.error} />}
      </div>
    </Dialog>
  );
}
