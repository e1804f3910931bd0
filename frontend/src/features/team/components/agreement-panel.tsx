import { useQuery } from "@tanstack/react-query";

import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Stat } from "@/components/ui/stat";
import { NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { Agreement } from "@/lib/client/types";
import { formatCount, formatPercent, reviewerName } from "@/lib/format";

import { nameKappa } from "../api/kappa";
import { agreementQuery } from "../api/queries";

function formatKappa(kappa: number | null): string {
  return kappa === null ? "–" : kappa.toFixed(2);
}

function Pairs({ pairs }: Pick<Agreement, "pairs">) {
  return (
    <ScrollBox label="Agreement by pair" className="max-h-72">
      <table className={TABLE}>
        <thead>
          <tr>
            <th className={TH}>Reviewers</th>
            <th className={cx(TH, NUMBER)}>Shared images</th>
            <th className={cx(TH, NUMBER)}>Agreement</th>
            <th className={cx(TH, NUMBER)}>Cohen’s kappa</th>
          </tr>
        </thead>
        <tbody>
          {pairs.map(({ a, b, samples, observed, cohen_kappa }) => (
            <tr key={`${a}\u0000${b}`}>
              <td className={TD}>
                {reviewerName(a)} and {reviewerName(b)}
              </td>
              <td className={cx(TD, NUMBER)}>{formatCount(samples)}</td>
              <td className={cx(TD, NUMBER)}>{formatPercent(observed)}</td>
              <td className={cx(TD, NUMBER)}>{formatKappa(cohen_kappa)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

/** Inter-annotator agreement on images with several opinions. */
export function AgreementPanel({ datasetId }: { datasetId: string }) {
  const { data: agreement, error, refetch } = useQuery(agreementQuery(datasetId));
  return (
    <Panel title="Agreement">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {agreement === undefined && error === null && <Loading />}
      {agreement?.samples === 0 && (
        <p className="text-muted">
          No image has two opinions yet. Raise the opinions per image in the dataset settings.
        </p>
      )}
      {agreement !== undefined && agreement.samples > 0 && (
        <div className="space-y-4">
          <dl className="flex flex-wrap gap-x-8 gap-y-3">
            <Stat label="Images with several opinions">{formatCount(agreement.samples)}</Stat>
            <Stat label="Observed agreement">
              {agreement.observed === null ? "–" : formatPercent(agreement.observed)}
            </Stat>
            <Stat label="Fleiss’ kappa" note={nameKappa(agreement.fleiss_kappa)}>
              {formatKappa(agreement.fleiss_kappa)}
            </Stat>
            <Stat label="Contested">{formatCount(agreement.contested)}</Stat>
          </dl>
          {agreement.pairs.length > 0 && <Pairs pairs={agreement.pairs} />}
        </div>
      )}
    </Panel>
  );
}
