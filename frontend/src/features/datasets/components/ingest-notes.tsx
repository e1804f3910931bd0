import { useQuery } from "@tanstack/react-query";

import { Panel } from "@/components/ui/panel";

import { ingestQuery } from "../api/queries";

/** What the ingest mended or chose; nothing if there is nothing to say. */
export function IngestNotes({ datasetId }: { datasetId: string }) {
  const { data: ingest } = useQuery({ ...ingestQuery(datasetId), retry: false });
  if (ingest === undefined || ingest.notes.length === 0) return null;
  return (
    <Panel title="Notes on the images">
      <ul className="list-disc space-y-1 pl-5 text-sm">
        {ingest.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Panel>
  );
}
