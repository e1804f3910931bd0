import { describe, expect, it } from "vitest";

import { actionForKey, belongsToTarget, mayRepeat } from "@/lib/annotate/keymap";

const plain = { ctrlKey: false, metaKey: false, altKey: false };

describe("actionForKey", () => {
  it.each([
    ["a", "keep"],
    ["A", "keep"],
    ["s", "suggestion"],
    ["Enter", "suggestion"],
    ["/", "search"],
    ["w", "unknown"],
    ["u", "unsure"],
    ["x", "unusable"],
    [" ", "skip"],
    ["Backspace", "undo"],
    ["ArrowLeft", "previous"],
    ["ArrowRight", "next"],
    ["?", "help"],
  ])("%s is %s", (key, type) => {
    expect(actionForKey({ ...plain, key })).toEqual({ type });
  });

  it("counts classes from one", () => {
    expect(actionForKey({ ...plain, key: "1" })).toEqual({ type: "choice", position: 0 });
    expect(actionForKey({ ...plain, key: "9" })).toEqual({ type: "choice", position: 8 });
    expect(actionForKey({ ...plain, key: "0" })).toBeNull();
  });

  it("undoes with Ctrl+Z and Cmd+Z", () => {
    expect(actionForKey({ ...plain, ctrlKey: true, key: "z" })).toEqual({ type: "undo" });
    expect(actionForKey({ ...plain, metaKey: true, key: "z" })).toEqual({ type: "undo" });
  });

  it("leaves the browser its own shortcuts", () => {
    expect(actionForKey({ ...plain, ctrlKey: true, key: "a" })).toBeNull();
    expect(actionForKey({ ...plain, altKey: true, key: "ArrowLeft" })).toBeNull();
    expect(actionForKey({ ...plain, key: "F5" })).toBeNull();
  });
});

describe("mayRepeat", () => {
  it("lets a held key leaf, but not decide", () => {
    expect(mayRepeat({ type: "next" })).toBe(true);
    expect(mayRepeat({ type: "keep" })).toBe(false);
    expect(mayRepeat({ type: "undo" })).toBe(false);
  });
});

describe("belongsToTarget", () => {
  it("leaves every key to a field that is typed in", () => {
    for (const name of ["input", "textarea", "select"]) {
      expect(belongsToTarget(document.createElement(name), "a")).toBe(true);
    }
  });

  it("leaves Enter and space, but no letter, to a focused button", () => {
    const button = document.createElement("button");
    expect(belongsToTarget(button, "Enter")).toBe(true);
    expect(belongsToTarget(button, " ")).toBe(true);
    expect(belongsToTarget(button, "a")).toBe(false);
  });

  it("leaves only the arrows to a slider", () => {
    const slider = Object.assign(document.createElement("input"), { type: "range" });
    expect(belongsToTarget(slider, "ArrowLeft")).toBe(true);
    expect(belongsToTarget(slider, "a")).toBe(false);
  });

  it("takes keys that went to the page", () => {
    expect(belongsToTarget(document.body, "Enter")).toBe(false);
    expect(belongsToTarget(null, "a")).toBe(false);
  });
});
