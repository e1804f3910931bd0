import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ProgressBar } from "@/components/ui/progress-bar";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { Share } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import type { Option } from "@/lib/options";

import { sharesQuery, useTakeBackShare } from "../api/shares";
import { SharesForm } from "./shares-form";

interface RowProps {
  share: Share;
  isBusy: boolean;
  onTakeBack: () => void;
}

function ShareRow({ share, isBusy, onTakeBack }: RowProps) {
  const { assignees, description, num_samples, num_decided } = share;
  const names = assignees.join(", ");
  return (
    <tr>
      <td className={cx(TD, "max-w-48 font-medium break-words")}>{names}</td>
      <td className={TD}>{description}</td>
      <td className={cx(TD, "min-w-40")}>
        <span className="mb-1 block">
          {formatCount(num_decided)} of {formatCount(num_samples)} decided
        </span>
        <ProgressBar
          label={`Progress of ${names}`}
          share={num_samples === 0 ? 1 : num_decided / num_samples}
        />
      </td>
      <td className={TD}>
        <Button
          aria-label={`Take back the share of ${names}`}
          disabled={isBusy}
          onClick={onTakeBack}
        >
          Take back
        </Button>
      </td>
    </tr>
  );
}

function SharesTable({ datasetId, shares }: { datasetId: string; shares: readonly Share[] }) {
  const takeBack = useTakeBackShare(datasetId);
  return (
    <>
      {takeBack.error !== null && <ProblemPanel error={takeBack.error} />}
      <ScrollBox label="Shares of the queue" className="max-h-72">
        <table className={TABLE}>
          <thead>
            <tr>
              <th className={TH}>People</th>
              <th className={TH}>Images</th>
              <th className={TH}>Progress</th>
              <th className={TH}>
                <span className="sr-only">Take back</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shares.map((share) => (
              <ShareRow
                key={share.id}
                share={share}
                isBusy={takeBack.isPending}
                onTakeBack={() => {
                  takeBack.mutate(share.id);
                }}
              />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

interface Props {
  datasetId: string;
  classes: readonly string[];
  /** Jobs with results, the newest first; null while unknown. */
  jobs: readonly Option[] | null;
}

/** Who is served which images first, and how far they are. */
export function SharesPanel({ datasetId, classes, jobs }: Props) {
  const { data: shares, error, refetch } = useQuery(sharesQuery(datasetId));
  return (
    <Panel title="Shares of the queue">
      <div className="space-y-4">
        <p className="text-muted">
          People are served the images of their share first, then those without a share, then those
          of others.
        </p>
        {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
        {jobs === null ? (
          <Loading />
        ) : (
          <SharesForm datasetId={datasetId} classes={classes} jobs={jobs} />
        )}
        {shares !== undefined && shares.length > 0 && (
          <SharesTable datasetId={datasetId} shares={shares} />
        )}
      </div>
    </Panel>
  );
}
