import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button, buttonClass } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { DatasetTable, datasetsQuery, FirstSteps, NewDataset } from "@/features/datasets";

import { Page } from "../page";

/** All datasets, or the first steps when there are none. */
export function DatasetsPage() {
  const query = useInfiniteQuery(datasetsQuery);
  const datasets = query.data?.pages.flatMap((page) => page.items) ?? [];

  if (query.isSuccess && datasets.length === 0) {
    return (
      <Page>
        <PageHeader title="Find and fix wrong labels" />
        <FirstSteps />
        <NewDataset />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title="Datasets"
        actions={
          <Link to="/datasets/new" className={buttonClass("primary")}>
            New dataset
          </Link>
        }
      />
      {query.isPending && <Loading label="Loading datasets" />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {datasets.length > 0 && (
        <Panel title="All datasets">
          <DatasetTable datasets={datasets} />
          {query.hasNextPage && (
            <Button className="mt-3" onClick={() => void query.fetchNextPage()}>
              Show older datasets
            </Button>
          )}
        </Panel>
      )}
    </Page>
  );
}
