import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { INPUT_CLASS } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { metadataQuery } from "@/lib/annotate/queries";
import { tagsQuery, useChangeTags } from "@/lib/arrangement";
import { formatTime, reviewerName } from "@/lib/format";

interface Props {
  datasetId: string;
  sampleId: string;
}

/** A field that adds a tag, with the dataset's tags as proposals. */
export function TagField({
  datasetId,
  onAdd,
}: {
  datasetId: string;
  onAdd: (tag: string) => void;
}) {
  const id = useId();
  const [text, setText] = useState("");
  const { data } = useQuery(tagsQuery(datasetId));
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (text.trim() === "") return;
    onAdd(text.trim());
    setText("");
  };
  return (
    <form onSubmit={onSubmit} className="flex gap-2">
      <input
        aria-label="New tag"
        placeholder="New tag"
        list={id}
        maxLength={100}
        className={INPUT_CLASS}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <datalist id={id}>
        {data?.items.map(({ tag }) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
      <Button type="submit" disabled={text.trim() === ""}>
        Add
      </Button>
    </form>
  );
}

/** The tags of an image, with a field to add one. */
export function Tags({ datasetId, sampleId }: Props) {
  const { data } = useQuery(metadataQuery(sampleId));
  const change = useChangeTags(datasetId);
  return (
    <div data-typing className="space-y-2">
      {data !== undefined && data.tags.length > 0 && (
        <ul className="flex flex-wrap gap-1">
          {data.tags.map(({ tag, reviewer, created_at }) => (
            <li
              key={tag}
              title={`${reviewerName(reviewer)}, ${formatTime(created_at)}`}
              className="flex items-center gap-1 rounded bg-raised px-1.5 text-sm break-all"
            >
              {tag}
              <button
                type="button"
                aria-label={`Remove the tag ${tag}`}
                className="text-muted hover:text-ink"
                onClick={() => {
                  change.mutate({ sampleIds: [sampleId], remove: [tag] });
                }}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <TagField
        key={sampleId}
        datasetId={datasetId}
        onAdd={(tag) => {
          change.mutate({ sampleIds: [sampleId], add: [tag] });
        }}
      />
      {change.error !== null && <ProblemPanel error={change.error} />}
    </div>
  );
}
