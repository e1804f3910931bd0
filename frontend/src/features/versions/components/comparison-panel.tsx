import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { SelectField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { WorkProgress } from "@/components/ui/work-progress";
import type { Version, VersionComparison } from "@/lib/client/types";
import type { VersionSearch } from "@/lib/version-search";
import { isFinished } from "@/lib/work";

import { comparisonQuery, versionsQuery } from "../api/queries";
import { ClassChanges } from "./class-changes";
import { DifferenceFilters } from "./difference-filters";
import { DifferenceTable } from "./difference-table";

interface Props {
  datasetId: string;
  search: VersionSearch;
  onSearch: (search: VersionSearch) => void;
}

function Result({
  comparison,
  search,
  onSearch,
}: Omit<Props, "datasetId"> & { comparison: VersionComparison }) {
  const { before, after, ...filters } = search;
  const { summary, error } = comparison;
  if (!isFinished(comparison.status)) {
    return <WorkProgress work={comparison} label="Comparing" unit="rows" />;
  }
  if (summary === null) {
    return (
      <p className="text-bad">
        {error?.title}. {error?.detail}
      </p>
    );
  }
  return (
    <>
      <ClassChanges changes={summary.of_classes} />
      <DifferenceFilters
        summary={summary}
        filters={filters}
        onChange={(changed) => {
          onSearch({ before, after, ...changed });
        }}
      />
      <DifferenceTable comparisonId={comparison.id} filters={filters} />
    </>
  );
}

function Comparison({
  version,
  others,
  search,
  onSearch,
}: Omit<Props, "datasetId"> & {
  version: Version;
  others: Version[];
}) {
  const { data, error, refetch } = useQuery(comparisonQuery(version.id, search.after));
  return (
    <Panel title={`Changes since ${version.name}`}>
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <SelectField
          label="Until"
          className="w-64"
          value={search.after ?? ""}
          options={[
            { value: "", label: "the present" },
            ...others.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(after) => {
            onSearch({ before: version.id, after: after === "" ? undefined : after });
          }}
        />
        {search.after === undefined && (
          <Button onClick={() => void refetch()}>Compare again</Button>
        )}
        <Button
          look="quiet"
          onClick={() => {
            onSearch({});
          }}
        >
          Close
        </Button>
        {data?.after_version != null && (
          <span className="text-sm text-muted">
            from version {version.dataset_version} to {data.after_version}
          </span>
        )}
      </div>
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading label="Comparing" />}
      {data !== undefined && <Result comparison={data} search={search} onSearch={onSearch} />}
    </Panel>
  );
}

/** What changed since a named version: until now, or until another version. */
export function ComparisonPanel({ datasetId, search, onSearch }: Props) {
  const { data } = useQuery(versionsQuery(datasetId));
  const stored = data?.items.filter(({ status }) => status === "succeeded") ?? [];
  const version = stored.find(({ id }) => id === search.before);
  if (version === undefined) return null;
  const others = stored.filter(({ id }) => id !== version.id);
  return <Comparison version={version} others={others} search={search} onSearch={onSearch} />;
}
