import { describeTrajectory, pathOf, type TrajectoryPoint } from "@/lib/annotate/trajectory";

const WIDTH = 200;
const HEIGHT = 56;

interface Props {
  points: readonly TrajectoryPoint[];
  given: string;
  suggested: string | null;
}

function Key({ name, isDashed }: { name: string; isDashed: boolean }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <svg aria-hidden="true" width="16" height="4" className="shrink-0">
        <line
          x2="16"
          y1="2"
          y2="2"
          strokeWidth="2"
          stroke={isDashed ? "var(--muted)" : "var(--accent)"}
          strokeDasharray={isDashed ? "4 3" : undefined}
        />
      </svg>
      <span className="truncate">{name}</span>
    </span>
  );
}

/** The network's probabilities of the given and the suggested class, by epoch. They can differ from the soft label: the
 * network may memorise the given label, while the soft label also weighs the nearest neighbours. */
export function TrajectoryChart({ points, given, suggested }: Props) {
  const isContested = suggested !== null && suggested !== given;
  if (points.length === 0) {
    return <p className="text-xs text-muted">No prediction history for this job.</p>;
  }
  return (
    <figure>
      <svg
        role="img"
        aria-label={describeTrajectory(points, given, suggested)}
        viewBox={`-1 -2 ${WIDTH + 2} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        className="block h-14 w-full overflow-visible"
      >
        {[0, 0.5, 1].map((share) => (
          <line
            key={share}
            x2={WIDTH}
            y1={share * HEIGHT}
            y2={share * HEIGHT}
            stroke="var(--line)"
            vectorEffect="non-scaling-stroke"
          />
        ))}
        <path
          d={pathOf(
            points.map((point) => point.given),
            WIDTH,
            HEIGHT,
          )}
          fill="none"
          stroke="var(--muted)"
          strokeWidth="2"
          strokeDasharray="4 3"
          vectorEffect="non-scaling-stroke"
        />
        {isContested && (
          <path
            d={pathOf(
              points.map((point) => point.suggested),
              WIDTH,
              HEIGHT,
            )}
            fill="none"
            stroke="var(--accent)"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
      <figcaption className="mt-1.5 flex gap-x-4 text-xs text-muted">
        <Key name={`given ${given}`} isDashed />
        {isContested && <Key name={`suggested ${suggested}`} isDashed={false} />}
      </figcaption>
    </figure>
  );
}
