import { Badge, type BadgeLook } from "@/components/ui/badge";
import type { Dataset } from "@/lib/client/types";

const LOOKS: Record<Dataset["status"], BadgeLook> = {
  empty: "neutral",
  ingesting: "accent",
  ready: "good",
  failed: "bad",
};

export function DatasetStatus({ status }: { status: Dataset["status"] }) {
  return (
    <Badge look={LOOKS[status]}>
      <span className="capitalize">{status}</span>
    </Badge>
  );
}
