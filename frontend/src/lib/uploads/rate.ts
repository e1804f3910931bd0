/** Bytes per second over the last seconds. */
const WINDOW_MS = 5000;

export class Rate {
  private points: { at: number; sent: number }[] = [];

  /** Adds the number of bytes that are sent at a time; returns bytes per second, null while unknown. */
  add(sent: number, at: number): number | null {
    this.points.push({ at, sent });
    while (this.points.length > 2 && at - (this.points[0]?.at ?? at) > WINDOW_MS) {
      this.points.shift();
    }
    const first = this.points[0];
    if (first === undefined || at - first.at < 500) return null;
    return Math.max(0, ((sent - first.sent) * 1000) / (at - first.at));
  }

  /** Forgets what was before a pause. */
  reset(): void {
    this.points = [];
  }
}
