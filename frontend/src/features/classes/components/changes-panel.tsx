import { useQuery } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { TABLE, TD, TH } from "@/components/ui/table";
import type { DatasetDataChange } from "@/lib/client/types";
import { formatTime } from "@/lib/format";

import { changeText } from "../api/change-text";
import { changesQuery, useUndoChange } from "../api/queries";

interface RowProps {
  change: DatasetDataChange;
  isBusy: boolean;
  onUndo: () => void;
}

function ChangeRow({ change, isBusy, onUndo }: RowProps) {
  const described = changeText(change);
  return (
    <tr>
      <td className={TD}>{change.number}</td>
      <td className={cx(TD, "break-words", change.undone && "text-muted line-through")}>
        {described}
      </td>
      <td className={cx(TD, "text-muted")}>
        {change.reviewer !== "" && `${change.reviewer}, `}
        {formatTime(change.created_at)}
      </td>
      <td className={cx(TD, "text-right")}>
        {change.can_undo && (
          <Button aria-label={`Undo: ${described}`} disabled={isBusy} onClick={onUndo}>
            Undo
          </Button>
        )}
      </td>
    </tr>
  );
}

/** What changed the dataset's images and classes, with an undo of each change. */
export function ChangesPanel({ datasetId }: { datasetId: string }) {
  const { data: changes, error, refetch } = useQuery(changesQuery(datasetId));
  const undo = useUndoChange(datasetId);
  return (
    <Panel title="Latest changes">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {undo.error !== null && <ProblemPanel error={undo.error} />}
      {changes === undefined && error === null && <Loading />}
      {changes?.length === 0 && (
        <p className="text-muted">No changes since changes are recorded.</p>
      )}
      {changes !== undefined && changes.length > 0 && (
        <ScrollBox label="Latest changes" className="max-h-72">
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>No.</th>
                <th className={TH}>Change</th>
                <th className={TH}>Who and when</th>
                <th className={TH}>
                  <span className="sr-only">Undo</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map((change) => (
                <ChangeRow
                  key={change.number}
                  change={change}
                  isBusy={undo.isPending}
                  onUndo={() => {
                    undo.mutate(change.number);
                  }}
                />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Panel>
  );
}
