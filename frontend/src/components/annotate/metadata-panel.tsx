import { useQuery } from "@tanstack/react-query";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { metadataQuery } from "@/lib/annotate/queries";

/** What the other columns of the user's table say of an image. */
export function Metadata({ sampleId }: { sampleId: string }) {
  const { data, error, refetch } = useQuery(metadataQuery(sampleId));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={2} label="Loading metadata" />;
  if (data.values.length === 0) {
    return <p className="text-sm text-muted">No metadata: its table has no other columns.</p>;
  }
  return (
    <dl className="grid max-h-60 grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 overflow-y-auto text-sm">
      {data.values.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="max-w-28 break-words text-muted">{name}</dt>
          <dd className="break-words whitespace-pre-wrap">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
