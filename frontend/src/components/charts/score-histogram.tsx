import type { ReactNode } from "react";

import type { ScoreHistogram as Histogram } from "@/lib/client/types";
import { formatCount, formatScore } from "@/lib/format";

const WIDTH = 400;

export interface Bin {
  low: number;
  high: number;
  count: number;
  issues: number;
}

export function toBins({ edges, counts, issue_counts }: Histogram): Bin[] {
  return counts.map((count, bin) => ({
    low: edges[bin] ?? 0,
    high: edges[bin + 1] ?? 1,
    count,
    issues: issue_counts[bin] ?? 0,
  }));
}

interface Props {
  histogram: Histogram;
  height: number;
  /** Scores above it are dimmed. */
  threshold: number | null;
  /** Wraps a bar in its link or click handler. */
  wrapBar: (bin: Bin, name: string, bar: ReactNode) => ReactNode;
}

/** Histogram of label scores. Square-root scale keeps small counts visible beside large ones. */
export function ScoreHistogram({ histogram, height, threshold, wrapBar }: Props) {
  const bins = toBins(histogram);
  const most = Math.sqrt(Math.max(1, ...bins.map(({ count }) => count)));
  const step = WIDTH / bins.length;
  const tall = (count: number) =>
    count === 0 ? 0 : Math.max(2, (Math.sqrt(count) / most) * height);

  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${height}`}
      preserveAspectRatio="none"
      className="block w-full overflow-visible"
      style={{ height }}
      role="group"
      aria-label="Label scores"
    >
      {bins.map((bin, position) => {
        const { low, high, count, issues } = bin;
        const name = `Scores ${low.toFixed(2)} to ${high.toFixed(2)}: ${formatCount(count)} images, ${formatCount(issues)} flagged`;
        const isFaint = threshold !== null && low >= threshold;
        const x = position * step;
        const bar = (
          <g opacity={isFaint ? 0.35 : 1} className="hover:opacity-75">
            <title>{name}</title>
            <rect x={x} width={step} y={0} height={height} fill="transparent" />
            <rect
              x={x + 1}
              width={step - 2}
              y={height - tall(count)}
              height={tall(count)}
              fill="var(--line-strong)"
            />
            <rect
              x={x + 1}
              width={step - 2}
              y={height - tall(issues)}
              height={tall(issues)}
              fill="var(--bad)"
            />
          </g>
        );
        return <g key={low}>{wrapBar(bin, name, bar)}</g>;
      })}
      {threshold !== null && (
        <line
          x1={threshold * WIDTH}
          x2={threshold * WIDTH}
          y1={-4}
          y2={height}
          stroke="var(--accent)"
          strokeWidth={2}
          vectorEffect="non-scaling-stroke"
          pointerEvents="none"
        />
      )}
    </svg>
  );
}

interface ThresholdProps {
  value: number;
  onChange: (value: number) => void;
  /** Called when the handle is released. */
  onCommit?: () => void;
}

/** Slider below the bars, on the same scale. */
export function ThresholdSlider({ value, onChange, onCommit }: ThresholdProps) {
  return (
    <input
      type="range"
      aria-label="Score threshold"
      aria-valuetext={formatScore(value)}
      min={0}
      max={1}
      step={0.01}
      value={value}
      className="threshold mt-1 block w-full"
      onChange={(event) => {
        onChange(Number(event.target.value));
      }}
      onPointerUp={onCommit}
      onKeyUp={onCommit}
      onBlur={onCommit}
    />
  );
}

/** Number of images with a score up to the threshold; interpolated linearly within a bin. */
export function countBelow(histogram: Histogram, threshold: number): number {
  const total = toBins(histogram).reduce((sum, { low, high, count }) => {
    const share = Math.min(1, Math.max(0, (threshold - low) / (high - low)));
    return sum + count * share;
  }, 0);
  return Math.round(total);
}
