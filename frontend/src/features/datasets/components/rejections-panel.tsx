import { useInfiniteQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import { formatPlural } from "@/lib/format";

import { rejectionsQuery } from "../api/queries";

interface Props {
  datasetId: string;
  count: number;
}

/** Refused files of the archive, with reasons. */
export function RejectionsPanel({ datasetId, count }: Props) {
  const query = useInfiniteQuery(rejectionsQuery(datasetId));
  const rejections = query.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <Panel
      title="Refused files"
      aside={<span className="text-sm text-bad">{formatPlural(count, "file")} refused</span>}
    >
      {query.isPending && <Loading />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {rejections.length > 0 && (
        <ScrollBox label="List of refused files" className="max-h-80">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>File</th>
                <th className={TH}>Reason</th>
              </tr>
            </thead>
            <tbody>
              {rejections.map(({ file_name, code, reason }, position) => (
                <tr key={position}>
                  <td className={cx(TD, "max-w-64 font-mono text-xs break-all")}>{file_name}</td>
                  <td className={TD} title={code}>
                    {reason}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {query.hasNextPage && (
        <Button
          className="mt-3"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show more refused files
        </Button>
      )}
    </Panel>
  );
}
