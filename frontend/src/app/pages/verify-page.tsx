import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";

import { FocusPage } from "@/components/annotate/focus-page";
import { ReviewerAsk } from "@/components/annotate/reviewer-ask";
import { Loading } from "@/components/ui/loading";
import { LINK } from "@/components/ui/table";
import { datasetQuery } from "@/features/datasets";
import { VerifyStation } from "@/features/verify";
import { isShared } from "@/lib/annotate/is-shared";
import type { VerifySearch } from "@/lib/review-search";

import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  search: VerifySearch;
  onSearch: (search: VerifySearch) => void;
}

const TITLES = {
  verify: "Verify next",
  tie_break: "Tie-break",
  second_look: "Second look",
} as const;

/** The focus view of a dataset's own queues: what builds its verified set, and what is disputed in it. */
export function VerifyPage({ datasetId, search, onSearch }: Props) {
  const queryClient = useQueryClient();
  const dataset = useQuery(datasetQuery(datasetId));
  const { queue = "verify", label } = search;
  const title = TITLES[queue];

  useEffect(() => {
    document.title = `${title} · MSLG`;
  }, [title]);

  useEffect(
    // What the dataset's page counts is out of date once one comes back from here.
    () => () => void queryClient.invalidateQueries({ queryKey: ["datasets", datasetId] }),
    [queryClient, datasetId],
  );

  if (dataset.error !== null) {
    return <ProblemPage error={dataset.error} onRetry={() => void dataset.refetch()} />;
  }
  return (
    <FocusPage>
      {dataset.data === undefined ? (
        <Loading lines={6} label="Loading the dataset" />
      ) : (
        <>
          {isShared(dataset.data) && <ReviewerAsk />}
          <VerifyStation
            dataset={dataset.data}
            queue={queue}
            label={label}
            onChoose={(next, given) => {
              onSearch({ queue: next === "verify" ? undefined : next, label: given });
            }}
            heading={
              <>
                <h1 className="text-lg font-semibold">{title}</h1>
                <nav aria-label="Breadcrumb" className="text-sm">
                  <Link to="/datasets/$datasetId" params={{ datasetId }} className={LINK}>
                    {dataset.data.name}
                  </Link>
                </nav>
              </>
            }
          />
        </>
      )}
    </FocusPage>
  );
}
