import { Link } from "@tanstack/react-router";

import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { VerifiedSet } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";

import { NeededTable } from "./needed-table";
import { VerifiedUpload } from "./verified-upload";

interface Props {
  datasetId: string;
  verifiedSet: VerifiedSet;
}

/** The verified set: contents, missing labels, and links to add to it. */
export function VerifiedSetPanel({ datasetId, verifiedSet }: Props) {
  const { total, meta, holdout, separate, ready, missing, classes } = verifiedSet;
  return (
    <Panel
      title="Verified set"
      aside={
        <span className="flex items-center gap-3">
          {ready ? (
            <Badge look="good">Enough for a job</Badge>
          ) : (
            <Badge look="warn">{missing} more needed</Badge>
          )}
          <Link
            to="/datasets/$datasetId/verify"
            params={{ datasetId }}
            search={{}}
            className={buttonClass()}
          >
            Verify labels
          </Link>
        </span>
      }
    >
      <p className="mb-3 text-muted">
        {formatPlural(total, "verified label")}: {meta} in the meta set, {holdout} in the hold-out.
        {separate > 0 && ` ${formatPlural(separate, "image")} of them came without a given label.`}
      </p>
      <NeededTable datasetId={datasetId} classes={classes} />
      <div className="mt-4">
        <VerifiedUpload datasetId={datasetId} />
      </div>
    </Panel>
  );
}
