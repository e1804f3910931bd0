import { Link } from "@tanstack/react-router";

import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import { cx } from "@/components/ui/cx";
import type { Dataset } from "@/lib/client/types";
import { formatCount, formatTime } from "@/lib/format";

import { DatasetStatus } from "./dataset-status";

export function DatasetTable({ datasets }: { datasets: readonly Dataset[] }) {
  return (
    <div className="overflow-x-auto">
      <table className={TABLE}>
        <thead>
          <tr>
            <th className={TH}>Name</th>
            <th className={TH}>State</th>
            <th className={cx(TH, NUMBER)}>Images</th>
            <th className={cx(TH, NUMBER)}>Classes</th>
            <th className={cx(TH, NUMBER)}>Refused files</th>
            <th className={cx(TH, NUMBER)}>Created</th>
          </tr>
        </thead>
        <tbody>
          {datasets.map((dataset) => (
            <tr key={dataset.id} className="hover:bg-raised">
              <td className={cx(TD, "max-w-96")}>
                <Link
                  to="/datasets/$datasetId"
                  params={{ datasetId: dataset.id }}
                  className={cx(LINK, "font-medium break-words")}
                >
                  {dataset.name}
                </Link>
              </td>
              <td className={TD}>
                <DatasetStatus status={dataset.status} />
              </td>
              <td className={cx(TD, NUMBER)}>{formatCount(dataset.num_samples)}</td>
              <td className={cx(TD, NUMBER)}>{formatCount(dataset.classes.length)}</td>
              <td className={cx(TD, NUMBER, dataset.num_rejections > 0 && "text-bad")}>
                {formatCount(dataset.num_rejections)}
              </td>
              <td className={cx(TD, NUMBER, "text-muted")}>{formatTime(dataset.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
