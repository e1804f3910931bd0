/** Prediction history of a sample, as a small chart. Pure. */
import { formatPercent } from "@/lib/format";

export interface TrajectoryPoint {
  /** Probabilities of the given and of the suggested class after an epoch. */
  given: number;
  suggested: number;
}

/** SVG path through probabilities; x is the epoch, probability 1 is at the top. */
export function pathOf(values: readonly number[], width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const x = (index * step).toFixed(1);
      const y = ((1 - value) * height).toFixed(1);
      return `${index === 0 ? "M" : "L"}${x} ${y}`;
    })
    .join("");
}

function describeRange(values: readonly number[]): string {
  return `from ${formatPercent(values[0] ?? 0, 0)} to ${formatPercent(values.at(-1) ?? 0, 0)}`;
}

/** The chart as text. */
export function describeTrajectory(
  points: readonly TrajectoryPoint[],
  given: string,
  suggested: string | null,
): string {
  const epochs = points.length === 1 ? "1 epoch" : `${points.length} epochs`;
  const first = `given ${given} ${describeRange(points.map((point) => point.given))}`;
  if (suggested === null || suggested === given) return `Over ${epochs}: ${first}.`;
  const second = `suggested ${suggested} ${describeRange(points.map((point) => point.suggested))}`;
  return `Over ${epochs}: ${first}, ${second}.`;
}
