import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";

import { FocusPage } from "@/components/annotate/focus-page";
import { ReviewerNameForm } from "@/components/annotate/reviewer-name-form";
import { Loading } from "@/components/ui/loading";
import { LINK } from "@/components/ui/table";
import { datasetQuery } from "@/features/datasets";
import { VerifyView } from "@/features/verify";
import { isShared } from "@/lib/annotate/is-shared";
import { QUEUE_TEXTS } from "@/lib/queues";
import type { VerifySearch } from "@/lib/review-search";

import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  search: VerifySearch;
  onSearch: (search: VerifySearch) => void;
}

/** Focus view of a dataset's queues: building the verified set, tie-breaks and re-review. */
export function VerifyPage({ datasetId, search, onSearch }: Props) {
  const queryClient = useQueryClient();
  const dataset = useQuery(datasetQuery(datasetId));
  const { queue = "verify", label } = search;
  const { title } = QUEUE_TEXTS[queue];

  useEffect(() => {
    document.title = `${title} · MSLG`;
  }, [title]);

  useEffect(
    // Decisions made here change the counts on the dataset page.
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
          {isShared(dataset.data) && <ReviewerNameForm />}
          <VerifyView
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
