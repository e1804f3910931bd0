import type { ReliabilityBin } from "@/lib/client/types";
import { formatCount, formatInterval, formatPercent } from "@/lib/format";

const SIDE = 220;
const LEFT = 34;
const BOTTOM = 24;
const TOP = 8;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

interface Props {
  bins: readonly ReliabilityBin[];
}

function x(share: number): number {
  return LEFT + share * SIDE;
}

function y(share: number): number {
  return TOP + (1 - share) * SIDE;
}

function Axes() {
  return (
    <g fill="var(--muted)" fontSize={10.5}>
      {TICKS.map((tick) => (
        <g key={tick}>
          <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} stroke="var(--line)" />
          <line x1={x(tick)} x2={x(tick)} y1={y(0)} y2={y(1)} stroke="var(--line)" />
          <text x={LEFT - 5} y={y(tick) + 3.5} textAnchor="end">
            {tick * 100}
          </text>
          <text x={x(tick)} y={TOP + SIDE + 14} textAnchor="middle">
            {tick * 100}
          </text>
        </g>
      ))}
      <line
        x1={x(0)}
        y1={y(0)}
        x2={x(1)}
        y2={y(1)}
        stroke="var(--line-strong)"
        strokeDasharray="4 3"
      />
    </g>
  );
}

function BinMark({ bin, most }: { bin: ReliabilityBin; most: number }) {
  const { mean_probability: mean, accuracy, n } = bin;
  return (
    <g>
      <title>{`Probability ${formatPercent(mean)}: correct ${formatInterval(accuracy)}`}</title>
      <line
        x1={x(mean)}
        x2={x(mean)}
        y1={y(accuracy.low)}
        y2={y(accuracy.high)}
        stroke="var(--accent)"
        strokeWidth={1.5}
        opacity={0.6}
      />
      <circle
        cx={x(mean)}
        cy={y(accuracy.value)}
        r={3 + 4 * Math.sqrt(n / most)}
        fill="var(--accent)"
      />
    </g>
  );
}

/** Accuracy of the suggestions against their predicted probability; on the dashed line both are equal. */
export function ReliabilityDiagram({ bins }: Props) {
  const most = Math.max(1, ...bins.map(({ n }) => n));
  return (
    <figure>
      <svg
        viewBox={`0 0 ${LEFT + SIDE + 12} ${TOP + SIDE + BOTTOM}`}
        className="mx-auto block w-full max-w-80"
        aria-hidden="true"
      >
        <Axes />
        {bins.map((bin) => (
          <BinMark key={bin.low} bin={bin} most={most} />
        ))}
      </svg>
      <figcaption className="text-center text-xs text-muted">
        Horizontal: predicted probability (%). Vertical: share of correct suggestions (%).
      </figcaption>
      <table className="sr-only">
        <caption>Hold-out suggestions by predicted probability</caption>
        <thead>
          <tr>
            <th>Mean probability</th>
            <th>Correct</th>
            <th>Images</th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ low, mean_probability, accuracy, n }) => (
            <tr key={low}>
              <td>{formatPercent(mean_probability)}</td>
              <td>{formatInterval(accuracy)}</td>
              <td>{formatCount(n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
