import { type Line, LineChart } from "@/components/charts/line-chart";
import { Panel } from "@/components/ui/panel";
import type { EpochReport } from "@/lib/client/types";
import { formatCount, formatPercent } from "@/lib/format";

const formatLoss = (value: number) => value.toFixed(2);
const formatAccuracy = (value: number) => formatPercent(value, 0);

interface Curve {
  title: string;
  lines: Line[];
}

function makeCurves(reports: readonly EpochReport[]): Curve[] {
  const train = { label: "train", color: "var(--accent)", format: formatLoss };
  const meta = { label: "meta set", color: "var(--warn)", format: formatLoss };
  return [
    {
      title: "Loss",
      lines: [
        { ...train, values: reports.map((report) => report.train_loss) },
        { ...meta, values: reports.map((report) => report.meta_loss) },
      ],
    },
    {
      title: "Accuracy",
      lines: [
        {
          label: "meta set",
          color: "var(--warn)",
          format: formatAccuracy,
          values: reports.map((report) => report.meta_accuracy),
        },
      ],
    },
    {
      title: "Labels changed",
      lines: [
        {
          label: "labels",
          color: "var(--accent)",
          format: formatCount,
          values: reports.map((report) => report.labels_changed),
        },
      ],
    },
  ];
}

function LatestFigures({ lines }: { lines: readonly Line[] }) {
  return (
    <span className="flex gap-3 text-sm">
      {lines.map(({ label, color, values, format }) => {
        const latest = values.at(-1);
        return (
          <span key={label} className="flex items-center gap-1.5">
            <span aria-hidden="true" className="h-0.5 w-3" style={{ background: color }} />
            <span className="text-muted">{label}</span>
            <span className="font-medium">
              {latest === null || latest === undefined ? "–" : format(latest)}
            </span>
          </span>
        );
      })}
    </span>
  );
}

/** Training curves of a job, each with its latest values as text. */
export function TrainingCurves({ reports }: { reports: readonly EpochReport[] }) {
  const latest = reports.at(-1);
  if (latest === undefined) return null;
  const x = reports.map(({ epoch }) => epoch);
  return (
    <div className="grid gap-5 lg:grid-cols-3">
      {makeCurves(reports).map(({ title, lines }) => (
        <Panel key={title} title={title} aside={<LatestFigures lines={lines} />}>
          <LineChart
            label={`${title} over ${latest.epoch} of ${latest.epochs} epochs`}
            x={x}
            xMax={latest.epochs}
            lines={lines}
          />
        </Panel>
      ))}
    </div>
  );
}
