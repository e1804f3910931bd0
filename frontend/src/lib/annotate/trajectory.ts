/** A label's way over the epochs, as a small chart. Pure. */
import { formatPercent } from "@/lib/format";

export interface TrajectoryPoint {
  /** Probabilities of the given and of the suggested class after an epoch. */
  given: number;
  suggested: number;
}

/** An SVG path through probabilities, the first at the left, 1 at the top. */
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

function wayOf(values: readonly number[]): string {
  return `from ${formatPercent(values[0] ?? 0, 0)} to ${formatPercent(values.at(-1) ?? 0, 0)}`;
}

/** The chart in words. */
export function inWords(
  points: readonly TrajectoryPoint[],
  given: string,
  suggested: string | null,
): string {
  const epochs = points.length === 1 ? "1 epoch" : `${points.length} epochs`;
  const first = `given ${given} ${wayOf(points.map((point) => point.given))}`;
  if (suggested === null || suggested === given) return `Over ${epochs}: ${first}.`;
  const second = `suggested ${suggested} ${wayOf(points.map((point) => point.suggested))}`;
  return `Over ${epochs}: ${first}, ${second}.`;
}
