import { Link } from "@tanstack/react-router";

import { cx } from "@/components/ui/cx";
import { FirstRows } from "@/components/ui/first-rows";
import { ScrollBox } from "@/components/ui/scroll-box";
import { LINK, NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import type { VerifiedClass } from "@/lib/client/types";

interface Props {
  datasetId: string;
  classes: readonly VerifiedClass[];
}

/** Verified labels per class: their split, and how many more are needed. */
export function NeededTable({ datasetId, classes }: Props) {
  return (
    <ScrollBox label="Verified labels per class" className="max-h-96">
      <FirstRows rows={classes}>
        {(shown) => (
          <table className={TABLE}>
            <thead>
              <tr>
                <th className={TH}>Class</th>
                <th className={cx(TH, NUMBER)} title="Images with this given label">
                  Images
                </th>
                <th className={cx(TH, NUMBER)}>Verified</th>
                <th className={cx(TH, NUMBER)} title="Used for training">
                  Meta set
                </th>
                <th className={cx(TH, NUMBER)} title="Used for evaluation only">
                  Hold-out
                </th>
                <th className={cx(TH, NUMBER)}>More needed</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ label, given, total, meta, holdout, needed }) => (
                <tr key={label}>
                  <td className={cx(TD, "max-w-48 break-words")}>{label}</td>
                  <td className={cx(TD, NUMBER)}>{given}</td>
                  <td className={cx(TD, NUMBER)}>{total}</td>
                  <td className={cx(TD, NUMBER, "text-muted")}>{meta}</td>
                  <td className={cx(TD, NUMBER, "text-muted")}>{holdout}</td>
                  <td className={cx(TD, NUMBER)}>
                    {needed > 0 ? (
                      <Link
                        to="/datasets/$datasetId/verify"
                        params={{ datasetId }}
                        search={{ label }}
                        className={cx(LINK, "font-medium")}
                      >
                        {needed}
                        <span className="sr-only"> more labels of {label}</span>
                      </Link>
                    ) : (
                      <span className="text-good">enough</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </FirstRows>
    </ScrollBox>
  );
}
