import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { RankingLink } from "@/components/charts/ranking-link";
import { SelectField } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import { columnsQuery } from "@/lib/arrangement";
import { api, unwrap } from "@/lib/client/client";
import { formatCount, formatPercent, formatPlural } from "@/lib/format";

const ratesQuery = (jobId: string, column: string) =>
  queryOptions({
    queryKey: ["jobs", jobId, "error-rates", column],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/jobs/{job_id}/error-rates", {
          params: { path: { job_id: jobId }, query: { column } },
          signal,
        }),
      ),
  });

function Rates({ jobId, column }: { jobId: string; column: string }) {
  const { data, error, refetch } = useQuery(ratesQuery(jobId, column));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={4} label="Loading error rates" />;
  return (
    <>
      <ScrollBox label="Error rates">
        <table className={TABLE}>
          <thead>
            <tr>
              {[column, "Images", "Decided", "Found wrong", "Share", "Flagged", "Share"].map(
                (title, at) => (
                  <th key={`${title}${at.toString()}`} scope="col" className={TH}>
                    {title}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {data.items.map((item) => (
              <tr key={item.conditions.join(" ")}>
                <th scope="row" className={`${TD} max-w-60 text-left font-normal break-words`}>
                  <RankingLink
                    jobId={jobId}
                    search={{ metadata: item.conditions }}
                    className={LINK}
                  >
                    {item.value ?? "no value"}
                  </RankingLink>
                </th>
                <td className={`${TD} ${NUMBER}`}>{formatCount(item.images)}</td>
                <td className={`${TD} ${NUMBER}`}>{formatCount(item.decided)}</td>
                <td className={`${TD} ${NUMBER}`}>{formatCount(item.wrong)}</td>
                <td className={`${TD} ${NUMBER}`}>
                  {item.wrong_share === null ? "–" : formatPercent(item.wrong_share, 1)}
                </td>
                <td className={`${TD} ${NUMBER}`}>{formatCount(item.suspected)}</td>
                <td className={`${TD} ${NUMBER}`}>{formatPercent(item.suspected_share, 1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {data.num_more > 0 && (
        <p className="mt-2 text-sm text-muted">and {formatPlural(data.num_more, "more value")}</p>
      )}
    </>
  );
}

/** Whose labels are wrong: error rates by a column of metadata. Nothing if the dataset has none. */
export function ErrorRatesPanel({ jobId, datasetId }: { jobId: string; datasetId: string }) {
  const { data: columns = [] } = useQuery(columnsQuery(datasetId));
  const [chosen, setChosen] = useState("");
  const names = columns.map(({ name }) => name);
  const column = names.includes(chosen) ? chosen : names[0];
  if (column === undefined) return null;
  return (
    <Panel title="Error rates by metadata">
      <SelectField
        label="Column"
        className="mb-3 max-w-60"
        value={column}
        options={names.map((name) => ({ value: name, label: name }))}
        onChange={setChosen}
      />
      <Rates jobId={jobId} column={column} />
    </Panel>
  );
}
