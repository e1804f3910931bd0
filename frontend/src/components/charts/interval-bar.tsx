import type { ReactNode } from "react";

import type { Interval } from "@/lib/client/types";
import { formatInterval } from "@/lib/format";

interface Props {
  label: ReactNode;
  interval: Interval | null;
  color: string;
}

/** A share with its confidence interval on a scale from 0 to 100 %. Must be inside a `<dl>`. */
export function IntervalBar({ label, interval, color }: Props) {
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
