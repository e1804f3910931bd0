import { useState } from "react";

import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { mergeGroup, NO_CHOICES, toReading } from "@/lib/class-choices";
import type { Ingest, Preview } from "@/lib/client/types";
import { formatCount, formatPlural } from "@/lib/format";

import { useCheckedArchive } from "../api/use-checked-archive";
import { PreviewClasses } from "./preview-classes";
import { LeftOutList, NotesList, SimilarClasses } from "./preview-lists";
import { UploadForm } from "./upload-form";

interface Props {
  ingest: Ingest;
  preview: Preview;
  onUploaded: () => void;
  /** Called when the images are to be stored; tells whether the person wants to verify them next. */
  onStore: (verifiesNext: boolean) => void;
}

const FOLDERS = "folders";

function sourceOptions({ tables, other_tables }: Preview) {
  return [
    { value: "", label: "As recognised" },
    { value: FOLDERS, label: "Class folders" },
    ...[...tables, ...other_tables].map((name) => ({ value: name, label: name })),
  ];
}

function summary({ layout, tables, num_images, classes, splits, num_verified }: Preview): string {
  const source = tables.length > 0 ? `${layout}, ${tables.join(", ")}` : layout;
  const parts = splits.map(({ name, count }) => `${name} ${formatCount(count)}`);
  return [
    `Recognised as ${source}`,
    `${formatPlural(num_images, "image")} in ${formatPlural(classes.length, "class", "classes")}`,
    ...(num_verified > 0 ? [`${formatCount(num_verified)} verified`] : []),
    ...(parts.length > 0 ? [`splits: ${parts.join(", ")}`] : []),
  ].join(" · ");
}

/** What was understood of an uploaded archive, to correct and confirm before its images are stored. */
export function CheckPanel({ ingest, preview, onUploaded, onStore }: Props) {
  const [choices, setChoices] = useState(NO_CHOICES);
  const [isReplacing, setIsReplacing] = useState(false);
  const { mutate, isPending, error } = useCheckedArchive(ingest.dataset_id);
  const labelsFrom = ingest.choices?.labels_from ?? null;
  const store = (verifiesNext: boolean) => {
    onStore(verifiesNext);
    mutate({ choices: toReading(choices, labelsFrom), dryRun: false });
  };
  const hasTables = preview.tables.length + preview.other_tables.length > 0;

  return (
    <Panel title="Check before storing">
      <div className="space-y-4">
        <p>{summary(preview)}</p>
        {hasTables && (
          <SelectField
            label="Labels from"
            className="max-w-sm"
            value={labelsFrom ?? ""}
            options={sourceOptions(preview)}
            onChange={(source) => {
              mutate({ choices: toReading(NO_CHOICES, source || null), dryRun: true });
            }}
          />
        )}
        <SimilarClasses
          preview={preview}
          onMerge={(group) => {
            setChoices(mergeGroup(choices, group, preview));
          }}
        />
        <PreviewClasses preview={preview} choices={choices} onChange={setChoices} />
        <LeftOutList preview={preview} />
        <NotesList preview={preview} />
        {error !== null && <ProblemPanel error={error} />}
        <div className="flex flex-wrap gap-3">
          <Button
            look="primary"
            disabled={isPending}
            onClick={() => {
              store(false);
            }}
          >
            Store these images
          </Button>
          <Button
            disabled={isPending}
            onClick={() => {
              store(true);
            }}
          >
            Store and start verifying
          </Button>
          <Button
            aria-expanded={isReplacing}
            onClick={() => {
              setIsReplacing(!isReplacing);
            }}
          >
            Upload another archive
          </Button>
        </div>
        {isReplacing && <UploadForm datasetId={ingest.dataset_id} onUploaded={onUploaded} />}
      </div>
    </Panel>
  );
}
