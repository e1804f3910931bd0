import { useEffect, useRef } from "react";
import uPlot from "uplot";

export interface Line {
  label: string;
  /** A CSS colour; custom properties are resolved. */
  color: string;
  values: readonly (number | null)[];
  format: (value: number) => string;
}

interface Props {
  label: string;
  x: readonly number[];
  xMax: number;
  /** Range of the y axis; fits the values if omitted. */
  yRange?: readonly [low: number, high: number];
  lines: readonly Line[];
}

const HEIGHT = 168;

/** The value of a custom property in the current theme. */
function resolveColor(element: HTMLElement, color: string): string {
  const probe = document.createElement("span");
  probe.style.color = color;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function makeOptions(element: HTMLElement, { xMax, yRange, lines }: Props): uPlot.Options {
  const muted = resolveColor(element, "var(--muted)");
  const grid = { stroke: resolveColor(element, "var(--line)"), width: 1 };
  const axis = { stroke: muted, grid, ticks: { ...grid, size: 4 }, font: "11px sans-serif" };
  const format = lines[0]?.format ?? String;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [6, 12, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    legend: { show: false },
    scales: {
      x: { time: false, range: [1, Math.max(2, xMax)] },
      y: yRange === undefined ? {} : { range: [...yRange] },
    },
    axes: [
      { ...axis, size: 26, incrs: [1, 2, 5, 10, 20, 50, 100, 200] },
      { ...axis, size: 44, values: (_plot, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ label, color }) => ({
        label,
        stroke: resolveColor(element, color),
        width: 1.75,
        points: { show: false },
      })),
    ],
  };
}

/** Small line chart, drawn by uPlot. The caller shows the latest values as text. */
export function LineChart(props: Props) {
  const { label, x, lines } = props;
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const data: uPlot.AlignedData = [[...x], ...lines.map(({ values }) => [...values])];
    const plot = new uPlot(makeOptions(element, props), data, element);
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
    // Redrawn on every change: a few hundred points take about a millisecond.
  }, [props, x, lines]);

  return <div ref={host} role="img" aria-label={label} style={{ minHeight: HEIGHT }} />;
}
