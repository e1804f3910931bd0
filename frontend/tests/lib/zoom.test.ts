import { describe, expect, it } from "vitest";

import { FITTED, MAX_SCALE, moved, toggled, wheelFactor, zoomed } from "@/lib/annotate/zoom";

const STAGE = { width: 400, height: 200 };
const CENTRE = { x: 0, y: 0 };

describe("zoomed", () => {
  it("keeps the point under the pointer in place", () => {
    const at = { x: 100, y: -40 };
    const view = zoomed(FITTED, 2, at, STAGE);
    // A point p of the image is shown at p * scale + (x, y).
    expect(at.x * view.scale + view.x).toBe(100);
    const closer = zoomed(view, 1.5, at, STAGE);
    const shown = (at.x - view.x) / view.scale;
    expect(shown * closer.scale + closer.x).toBeCloseTo(at.x);
  });

  it("is limited to the fitted image and the largest scale", () => {
    expect(zoomed({ scale: 2, x: 30, y: 0 }, 0.1, CENTRE, STAGE)).toEqual(FITTED);
    expect(zoomed(FITTED, 1000, CENTRE, STAGE).scale).toBe(MAX_SCALE);
  });
});

describe("moved", () => {
  it("keeps the image in its stage", () => {
    const view = zoomed(FITTED, 2, CENTRE, STAGE);
    expect(moved(view, { x: 1000, y: -1000 }, STAGE)).toEqual({ scale: 2, x: 200, y: -100 });
    expect(moved(FITTED, { x: 50, y: 50 }, STAGE)).toEqual(FITTED);
  });
});

describe("a double click", () => {
  it("zooms in, then fits again", () => {
    const view = toggled(FITTED, { x: 50, y: 0 }, STAGE);
    expect(view).toEqual({ scale: 3, x: -100, y: 0 });
    expect(toggled(view, CENTRE, STAGE)).toEqual(FITTED);
  });
});

describe("wheelFactor", () => {
  it("zooms in on scroll up, by lines as by pixels", () => {
    expect(wheelFactor(-100, 0)).toBeGreaterThan(1);
    expect(wheelFactor(100, 0)).toBeLessThan(1);
    expect(wheelFactor(3, 1)).toBeCloseTo(wheelFactor(48, 0));
  });
});
