import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Export, ExportFormat, ExportPart, LeaveOut } from "@/lib/client/types";
import { formatBytes, formatCount, formatTime } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { exportFileUrl, type ExportSource, exportsQuery, useCreateExport } from "../api/queries";

interface Format {
  format: ExportFormat;
  name: string;
}

const TABLES: readonly Format[] = [
  { format: "csv", name: "CSV" },
  { format: "jsonl", name: "JSONL" },
  { format: "parquet", name: "Parquet" },
];

const OTHERS: readonly Format[] = [
  { format: "class_folders", name: "class folders" },
  { format: "imagefolder", name: "Hugging Face imagefolder" },
  { format: "webdataset", name: "WebDataset, with soft labels" },
  { format: "fiftyone", name: "FiftyOne" },
  { format: "label_studio", name: "Label Studio" },
  { format: "cvat", name: "CVAT 1.1" },
  { format: "datumaro", name: "Datumaro" },
  { format: "yolo", name: "YOLO classification" },
  { format: "cleanlab", name: "cleanlab's columns" },
  { format: "patch", name: "patch: only what changed" },
];

const LEFT_OUT: readonly { name: LeaveOut; label: string }[] = [
  { name: "duplicates", label: "duplicates, except one of each group" },
  { name: "outliers", label: "outliers" },
  { name: "unusable", label: "unusable images" },
];

const PARTS: readonly { name: ExportPart; label: string }[] = [
  { name: "verdicts", label: "verdicts" },
  { name: "reviewers", label: "who decided, and when" },
  { name: "comments", label: "comments" },
  { name: "tags", label: "tags" },
  { name: "splits", label: "published splits" },
  { name: "metadata", label: "other columns of your tables" },
];

const ALL_PARTS = PARTS.map(({ name }) => name);

/** What an export lacks, such as "without duplicates, comments". */
function describeMissing({ leave_out, omit }: Export): string {
  const missing = [...leave_out, ...omit];
  return missing.length > 0 ? ` · without ${missing.join(", ")}` : "";
}

function formatName(format: ExportFormat): string {
  return [...TABLES, ...OTHERS].find((known) => known.format === format)?.name ?? format;
}

function ExportRow({ item }: { item: Export }) {
  const name = formatName(item.format);
  return (
    <li className="py-2">
      {item.status === "succeeded" && (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span>
            {item.file_name}
            {item.is_outdated && (
              <>
                {" "}
                <Badge look="warn">Outdated</Badge>
              </>
            )}
            <span className="text-sm text-muted">
              {" "}
              · version {item.dataset_version ?? "not known"} · {formatCount(item.num_rows ?? 0)}{" "}
              rows · {formatBytes(item.size_bytes ?? 0)} · built{" "}
              {formatTime(item.finished_at ?? item.created_at)}
              {describeMissing(item)}
              {item.is_outdated && ", before later changes, decisions or another choice"}
            </span>
          </span>
          <a href={exportFileUrl(item.id)} download className={buttonClass()}>
            Download {name}
          </a>
        </div>
      )}
      {!isFinished(item.status) && (
        <>
          <p className="mb-1">{name}</p>
          <WorkProgress work={item} label={`${name} export progress`} unit="rows" />
        </>
      )}
      {item.error !== null && (
        <p className="text-bad">
          {name}: {item.error.title}. {item.error.detail}
        </p>
      )}
    </li>
  );
}

interface Choice<Name extends string> {
  name: Name;
  label: string;
}

interface ChoicesProps<Name extends string> {
  legend: string;
  choices: readonly Choice<Name>[];
  chosen: readonly Name[];
  onChange: (chosen: readonly Name[]) => void;
}

function Choices<Name extends string>({ legend, choices, chosen, onChange }: ChoicesProps<Name>) {
  return (
    <fieldset className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
      <legend className="mb-1 font-medium">{legend}</legend>
      {choices.map(({ name, label }) => (
        <label key={name} className="flex items-center gap-2 pointer-coarse:min-h-11">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={chosen.includes(name)}
            onChange={({ target }) => {
              const others = chosen.filter((other) => other !== name);
              onChange(target.checked ? [...others, name] : others);
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

interface OtherFormatsProps {
  disabled: boolean;
  onExport: (format: ExportFormat) => void;
}

function OtherFormats({ disabled, onExport }: OtherFormatsProps) {
  const [format, setFormat] = useState<ExportFormat>("class_folders");
  return (
    <div className="mt-3 flex flex-wrap items-end gap-2">
      <SelectField
        label="For another tool"
        className="w-64"
        value={format}
        options={OTHERS.map((other) => ({ value: other.format, label: other.name }))}
        onChange={(value) => {
          setFormat(OTHERS.find((other) => other.format === value)?.format ?? format);
        }}
      />
      <Button
        disabled={disabled}
        onClick={() => {
          onExport(format);
        }}
      >
        Export
      </Button>
      <span className="text-sm text-muted">Archives contain the images.</span>
    </div>
  );
}

function ExportFiles({ source }: { source: ExportSource }) {
  const { data: items = [], error } = useQuery(exportsQuery(source));
  const create = useCreateExport(source);
  const [leaveOut, setLeaveOut] = useState<readonly LeaveOut[]>([]);
  const [kept, setKept] = useState<readonly ExportPart[]>(ALL_PARTS);
  const build = (format: ExportFormat) => {
    const omit = ALL_PARTS.filter((part) => !kept.includes(part));
    create.mutate({ format, leave_out: [...leaveOut], omit });
  };

  return (
    <>
      <Choices legend="Leave out" choices={LEFT_OUT} chosen={leaveOut} onChange={setLeaveOut} />
      <Choices legend="Keep of each image" choices={PARTS} chosen={kept} onChange={setKept} />
      <div className="flex flex-wrap items-center gap-2">
        {TABLES.map(({ format, name }) => (
          <Button
            key={format}
            disabled={create.isPending}
            onClick={() => {
              build(format);
            }}
          >
            Export {name}
          </Button>
        ))}
        <span className="text-sm text-muted">
          File names and ids, corrected labels, the source of each correction, and the issues of
          each image.
        </span>
      </div>
      <OtherFormats disabled={create.isPending} onExport={build} />
      {(error ?? create.error) !== null && (
        <div className="mt-3">
          <ProblemPanel error={error ?? create.error} />
        </div>
      )}
      {items.length > 0 && (
        <ul className="mt-3 divide-y divide-line border-t border-line" aria-label="Exports">
          {items.map((item) => (
            <ExportRow key={item.id} item={item} />
          ))}
        </ul>
      )}
    </>
  );
}

/** Builds and downloads files with the corrected labels. */
export function ExportPanel({ jobId }: { jobId: string }) {
  return (
    <Panel title="Export corrected labels">
      <ExportFiles source={{ jobId }} />
    </Panel>
  );
}

/** The same for a named version. */
export function VersionExports({ versionId }: { versionId: string }) {
  return <ExportFiles source={{ versionId }} />;
}
