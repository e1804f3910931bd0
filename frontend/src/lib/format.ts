/** Formats numbers, sizes, times and names for display. Pure. */
import type { Interval } from "@/lib/client/types";

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return INTEGER.format(value);
}

/** `1 image`, `1,797 images`; pass irregular plurals. */
export function formatPlural(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** A share from 0 to 1 as `93.9 %`. */
export function formatPercent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** `93.9 % (80.3–98.3, n = 33)`: a share with its 95 % interval. */
export function formatInterval({ value, low, high, n }: Interval): string {
  const range = `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;
  return `${formatPercent(value)} (${range}, n = ${formatCount(n)})`;
}

/** A label score, 0 to 1, with three decimals. */
export function formatScore(score: number): string {
  return score.toFixed(3);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/** `8 s`, `4 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes} min ${total % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A UTC time of the API in the local time zone. */
export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Seconds between two times of the API; `end` null means now. */
export function secondsBetween(start: string, end: string | null): number {
  const until = end === null ? Date.now() : Date.parse(end);
  return Math.max(0, (until - Date.parse(start)) / 1000);
}

/** A reviewer's name; reviewers may stay anonymous. */
export function reviewerName(reviewer: string): string {
  return reviewer === "" ? "anonymous" : reviewer;
}
