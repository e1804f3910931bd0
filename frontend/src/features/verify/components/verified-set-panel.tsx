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

/** The verified set: what is in it, what is missing, and the two ways to add to it. */
export function VerifiedSetPanel({ datasetId, verifiedSet }: Props) {
  const { total, meta, holdout, ready, missing, classes } = verifiedSet;
  return (
    <Panel
      title="Verified set"
      aside={
        <span className="flex items-center gap-3">
          {ready ? (
            <Badge look="good">enough for a job</Badge>
          ) : (
            <Badge look="warn">{missing} more needed</Badge>
          )}
          <Link
            to="/datasets/$datasetId/verify"
            params={{ datasetId }}
            search={{}}
            className={buttonClass()}
          >
            Verify next
          </Link>
        </span>
      }
    >
      <p className="mb-3 text-muted">
        {formatPlural(total, "verified label")}: {meta} to learn from, {holdout} held out to
        measure.
      </p>
      <NeededTable datasetId={datasetId} classes={classes} />
      <div className="mt-4">
        <VerifiedUpload datasetId={datasetId} />
      </div>
    </Panel>
  );
}
