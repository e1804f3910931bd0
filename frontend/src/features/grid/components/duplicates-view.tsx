import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback, useMemo } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { SelectInput } from "@/components/ui/field";
import { formatCount } from "@/lib/format";
import { issueCountsQuery } from "@/lib/issues";
import { choicesOf, summaryQuery } from "@/lib/job-summary";
import type { DuplicatesSearch } from "@/lib/review-search";

import { groupOf } from "../api/groups";
import { duplicatesQuery } from "../api/queries";
import { DuplicatesContent } from "./duplicates-content";
import { GridFrame } from "./grid-frame";

interface Props {
  datasetId: string;
  jobId: string;
  search: DuplicatesSearch;
  onSearch: (search: DuplicatesSearch) => void;
  /** Title and links to other views. */
  header: ReactNode;
}

const VALUES = new Map([
  ["true", true],
  ["false", false],
]);

function LabelsFilter({ jobId, search, onSearch }: Omit<Props, "datasetId" | "header">) {
  const { data: counts } = useQuery(issueCountsQuery(jobId));
  const { duplicate_groups: all = 0, conflicting_groups: conflicting = 0 } = counts ?? {};
  return (
    <section aria-label="Filters" className="flex grow items-center gap-2">
      <SelectInput
        aria-label="Labels"
        className="w-auto! pr-6 text-sm!"
        value={search.disagree === undefined ? "" : String(search.disagree)}
        options={[
          { value: "", label: `All groups (${formatCount(all)})` },
          { value: "true", label: `Labels disagree (${formatCount(conflicting)})` },
          { value: "false", label: `Labels agree (${formatCount(all - conflicting)})` },
        ]}
        onChange={(value) => {
          onSearch({ disagree: VALUES.get(value) });
        }}
      />
    </section>
  );
}

/** Groups of images that show the same, to be settled a group at a time. */
export function DuplicatesView({ datasetId, jobId, search, onSearch, header }: Props) {
  const summary = useQuery(summaryQuery(jobId));
  const query = useInfiniteQuery(duplicatesQuery(jobId, search.disagree));
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const groups = useMemo(
    () => data?.pages.flatMap(({ items, seen }) => items.map((group) => groupOf(group, seen))),
    [data],
  );
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const filters = <LabelsFilter jobId={jobId} search={search} onSearch={onSearch} />;
  const error = summary.error ?? query.error;

  if (groups !== undefined && groups.length > 0 && summary.data !== undefined) {
    return (
      <DuplicatesContent
        key={String(search.disagree)}
        datasetId={datasetId}
        jobId={jobId}
        classes={choicesOf(summary.data)}
        groups={groups}
        total={data?.pages[0]?.total ?? groups.length}
        onEnd={onEnd}
        header={header}
        filters={filters}
      />
    );
  }
  return (
    <GridFrame header={header} filters={filters}>
      {error !== null && (
        <ProblemPanel
          error={error}
          onRetry={() => void Promise.all([summary.refetch(), query.refetch()])}
        />
      )}
      {groups === undefined && error === null && <Loading label="Loading duplicates" lines={6} />}
      {groups?.length === 0 && (
        <p className="m-auto text-lg font-semibold">
          {search.disagree === undefined ? "No duplicates found" : "No groups match this filter"}
        </p>
      )}
    </GridFrame>
  );
}
