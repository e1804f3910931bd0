import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, TABLE, TD, TH } from "@/components/ui/table";
import type { Difference } from "@/lib/client/types";
import { formatTime } from "@/lib/format";
import { VERDICT_NAMES } from "@/lib/verdicts";
import { DIFFERENCE_KINDS, type DifferenceFilters } from "@/lib/version-search";

import { differencesQuery } from "../api/queries";

function isVerdict(verdict: string | null): verdict is keyof typeof VERDICT_NAMES {
  return verdict !== null && verdict in VERDICT_NAMES;
}

function Change({ item }: { item: Difference }) {
  const labels =
    item.before === item.after ? item.after : `${item.before ?? "none"} → ${item.after ?? "none"}`;
  return (
    <>
      {labels ?? "no label"}
      {item.kind === "decision" && (
        <span className="text-muted">
          {" "}
          · {isVerdict(item.verdict) ? VERDICT_NAMES[item.verdict] : "taken back"}
        </span>
      )}
    </>
  );
}

function DifferenceRow({ item }: { item: Difference }) {
  return (
    <tr className="hover:bg-raised">
      <td className={cx(TD, "max-w-72 min-w-44")}>
        <Link
          to="/images/$sampleId"
          params={{ sampleId: item.sample_id }}
          className={cx(LINK, "font-mono text-xs break-all")}
        >
          {item.file_name}
        </Link>
      </td>
      <td className={TD}>{DIFFERENCE_KINDS[item.kind]}</td>
      <td className={TD}>
        <Change item={item} />
      </td>
      <td className={TD}>
        {item.reviewer}
        {item.decided_at !== null && (
          <span className="block text-xs text-muted">{formatTime(item.decided_at)}</span>
        )}
      </td>
      <td className={cx(TD, "max-w-80 break-words whitespace-pre-line")}>{item.comments}</td>
    </tr>
  );
}

/** The differences, image by image, in the order of the dataset. */
export function DifferenceTable({
  comparisonId,
  filters,
}: {
  comparisonId: string;
  filters: DifferenceFilters;
}) {
  const query = useInfiniteQuery(differencesQuery(comparisonId, filters));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="space-y-3">
      {query.isPending && <Loading lines={6} label="Loading differences" />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && items.length === 0 && <p className="text-muted">No differences.</p>}
      {items.length > 0 && (
        <ScrollBox label="Differences">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Image</th>
                <th className={TH}>Change</th>
                <th className={TH}>Labels</th>
                <th className={TH}>Decided by</th>
                <th className={TH}>Comments</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <DifferenceRow key={`${item.sample_id} ${item.kind}`} item={item} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more differences
        </Button>
      )}
    </div>
  );
}
