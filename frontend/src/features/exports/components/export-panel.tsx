import { useQuery } from "@tanstack/react-query";

import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Export, ExportFormat } from "@/lib/client/types";
import { formatBytes, formatCount, formatTime } from "@/lib/format";
import { isFinished } from "@/lib/work";

import { exportFileUrl, exportsQuery, useCreateExport } from "../api/queries";

const FORMATS: readonly { format: ExportFormat; name: string }[] = [
  { format: "csv", name: "CSV" },
  { format: "jsonl", name: "JSONL" },
  { format: "parquet", name: "Parquet" },
];

function formatName(format: ExportFormat): string {
  return FORMATS.find((known) => known.format === format)?.name ?? format;
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
              · {formatCount(item.num_rows ?? 0)} rows · {formatBytes(item.size_bytes ?? 0)} · built{" "}
              {formatTime(item.finished_at ?? item.created_at)}
              {item.is_outdated && ", before later decisions or another choice"}
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

/** Builds and downloads files with the corrected labels. */
export function ExportPanel({ jobId }: { jobId: string }) {
  const { data: items = [], error } = useQuery(exportsQuery(jobId));
  const create = useCreateExport(jobId);

  return (
    <Panel title="Export corrected labels">
      <div className="flex flex-wrap items-center gap-2">
        {FORMATS.map(({ format, name }) => (
          <Button
            key={format}
            disabled={create.isPending}
            onClick={() => {
              create.mutate(format);
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
    </Panel>
  );
}
