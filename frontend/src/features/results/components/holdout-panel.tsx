import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/panel";
import type { Interval, JobSummary } from "@/lib/client/types";
import { formatInterval } from "@/lib/format";

interface RowProps {
  label: string;
  interval: Interval | null;
  color: string;
}

/** A share with its interval, drawn on a scale from 0 to 100 %. */
function AccuracyRow({ label, interval, color }: RowProps) {
  return (
    <div className="flex flex-wrap justify-between gap-x-4">
      <dt>{label}</dt>
      <dd className="font-medium">
        {interval === null ? "not measured" : formatInterval(interval)}
      </dd>
      {interval !== null && (
        <dd aria-hidden="true" className="relative mt-1.5 h-2 w-full rounded-full bg-line">
          <div
            className="absolute h-2 rounded-full opacity-35"
            style={{
              left: `${interval.low * 100}%`,
              width: `${(interval.high - interval.low) * 100}%`,
              background: color,
            }}
          />
          <div
            className="absolute -top-0.5 h-3 w-1 -translate-x-1/2 rounded-full"
            style={{ left: `${interval.value * 100}%`, background: color }}
          />
        </dd>
      )}
    </div>
  );
}

/** What the hold-out says about the labels, the suggestions and the corrected labels. */
export function HoldoutPanel({ summary }: { summary: JobSummary }) {
  const { holdout, auto_accept, auto_accept_reason, fallback_reason } = summary;
  return (
    <Panel
      title="Labels right, measured on the hold-out"
      aside={
        <Badge look={auto_accept ? "good" : "warn"}>
          {auto_accept ? "suggestions are applied" : "given labels are kept"}
        </Badge>
      }
    >
      <dl className="space-y-3">
        <AccuracyRow label="Given labels" interval={holdout.given_accuracy} color="var(--muted)" />
        <AccuracyRow
          label="Suggestions"
          interval={holdout.suggestion_accuracy}
          color="var(--accent)"
        />
        <AccuracyRow
          label="Corrected labels"
          interval={holdout.corrected_accuracy}
          color="var(--good)"
        />
      </dl>
      <p className="mt-4 text-sm text-muted">{auto_accept_reason}</p>
      {fallback_reason != null && <p className="mt-2 text-sm text-muted">{fallback_reason}</p>}
    </Panel>
  );
}
