import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { SelectField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { PageHeader } from "@/components/ui/page-header";
import { datasetQuery } from "@/features/datasets";
import { verifiedSetQuery, VerifyStation } from "@/features/verify";
import type { VerifiedSet } from "@/lib/client/types";

import { Page } from "../page";
import { ProblemPage } from "../problem-page";

interface Props {
  datasetId: string;
  label: string | undefined;
  onLabel: (label: string) => void;
}

/** The class that lacks the most verified labels. */
function neediest({ classes }: VerifiedSet): string {
  const [first] = [...classes].sort((a, b) => b.needed - a.needed || a.total - b.total);
  return first?.label ?? "";
}

/** Verify a dataset's images by hand, class by class. */
export function VerifyPage({ datasetId, label, onLabel }: Props) {
  const queryClient = useQueryClient();
  const dataset = useQuery(datasetQuery(datasetId));
  const verified = useQuery(verifiedSetQuery(datasetId));
  const error = dataset.error ?? verified.error;
  const isReady = dataset.data !== undefined && verified.data !== undefined;
  const suggested = verified.data && neediest(verified.data);

  // The choice must not change while one verifies, so it goes into the address once.
  useEffect(() => {
    if (label === undefined && suggested !== undefined) onLabel(suggested);
  }, [label, suggested, onLabel]);

  useEffect(
    () => () => {
      void queryClient.invalidateQueries({ queryKey: verifiedSetQuery(datasetId).queryKey });
    },
    [queryClient, datasetId],
  );

  if (error !== null) {
    const retry = () => void Promise.all([dataset.refetch(), verified.refetch()]);
    return <ProblemPage error={error} onRetry={retry} />;
  }
  if (!isReady || label === undefined) {
    return (
      <Page>
        <Loading />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader
        title="Verify by hand"
        back={{ label: dataset.data.name, to: `/datasets/${datasetId}` }}
        actions={
          <SelectField
            label="Images given as"
            className="w-56"
            value={label}
            options={verified.data.classes.map(({ label: name, needed }) => ({
              value: name,
              label: needed > 0 ? `${name} (${needed} more needed)` : name,
            }))}
            onChange={onLabel}
          />
        }
      />
      <VerifyStation
        key={label}
        datasetId={datasetId}
        classes={dataset.data.classes}
        label={label}
      />
    </Page>
  );
}
