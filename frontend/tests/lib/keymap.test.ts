import { describe, expect, it } from "vitest";

import {
  actionForKey,
  keyHint,
  keyName,
  mayRepeat,
  PRESET_TABLES,
  PRESETS,
} from "@/lib/annotate/keymap";

const plain = { ctrlKey: false, metaKey: false, altKey: false };

describe("actionForKey", () => {
  it.each([
    ["a", "keep"],
    ["A", "keep"],
    ["s", "suggestion"],
    ["Enter", "suggestion"],
    ["/", "search"],
    ["p", "propose"],
    ["w", "unknown"],
    ["u", "unsure"],
    ["x", "unusable"],
    [" ", "skip"],
    ["Backspace", "undo"],
    ["ArrowLeft", "previous"],
    ["ArrowRight", "next"],
    ["?", "help"],
    ["+", "zoomIn"],
    ["=", "zoomIn"],
    ["-", "zoomOut"],
    ["f", "zoomReset"],
  ])("%s is %s", (key, type) => {
    expect(actionForKey({ ...plain, key })).toEqual({ type });
  });

  it("maps digits to classes 1 to 10 in keyboard order", () => {
    expect(actionForKey({ ...plain, key: "1" })).toEqual({ type: "choice", position: 0 });
    expect(actionForKey({ ...plain, key: "9" })).toEqual({ type: "choice", position: 8 });
    expect(actionForKey({ ...plain, key: "0" })).toEqual({ type: "choice", position: 9 });
  });

  it("maps Ctrl+Z and Cmd+Z to undo", () => {
    expect(actionForKey({ ...plain, ctrlKey: true, key: "z" })).toEqual({ type: "undo" });
    expect(actionForKey({ ...plain, metaKey: true, key: "z" })).toEqual({ type: "undo" });
  });

  it("leaves the browser's shortcuts alone", () => {
    expect(actionForKey({ ...plain, ctrlKey: true, key: "a" })).toBeNull();
    expect(actionForKey({ ...plain, altKey: true, key: "ArrowLeft" })).toBeNull();
    expect(actionForKey({ ...plain, key: "F5" })).toBeNull();
  });
});

describe("the panels", () => {
  it.each([
    ["n", "neighbours"],
    ["t", "trajectory"],
    ["g", "guidelines"],
    ["c", "comments"],
    ["v", "filters"],
  ])("%s folds %s", (key, panel) => {
    expect(actionForKey({ ...plain, key })).toEqual({ type: "fold", panel });
  });
});

describe("the preset of Prodigy", () => {
  it("maps digits to ten classes and Shift+digits to ten more, on any layout", () => {
    expect(actionForKey({ ...plain, key: "0" }, "prodigy")).toEqual({
      type: "choice",
      position: 9,
    });
    const shifted = { ...plain, shiftKey: true };
    expect(actionForKey({ ...shifted, key: "!", code: "Digit1" }, "prodigy")).toEqual({
      type: "choice",
      position: 10,
    });
    expect(actionForKey({ ...shifted, key: "=", code: "Digit0" }, "prodigy")).toEqual({
      type: "choice",
      position: 19,
    });
  });

  it("does not map Shift+digits in other presets", () => {
    const slash = { ...plain, key: "/", code: "Digit7", shiftKey: true };
    expect(actionForKey(slash)).toEqual({ type: "search" });
  });

  it.each([
    ["a", "keep"],
    ["x", "unusable"],
    [" ", "skip"],
    ["Backspace", "undo"],
  ])("%s is %s", (key, type) => {
    expect(actionForKey({ ...plain, key }, "prodigy")).toEqual({ type });
  });
});

describe("the preset of Label Studio", () => {
  it.each([
    ["Enter", "keep"],
    [" ", "skip"],
    ["z", "undo"],
    ["ArrowLeft", "previous"],
    ["ArrowRight", "next"],
  ])("Ctrl+%s is %s", (key, type) => {
    expect(actionForKey({ ...plain, ctrlKey: true, key }, "label-studio")).toEqual({ type });
  });

  it("ignores the same keys without Ctrl", () => {
    for (const key of ["Enter", " ", "a", "ArrowLeft"]) {
      expect(actionForKey({ ...plain, key }, "label-studio")).toBeNull();
    }
  });
});

describe("every preset", () => {
  it.each(PRESETS)("%s has one meaning per key", (preset) => {
    const { bindings, choiceKeys } = PRESET_TABLES[preset];
    const keys = [...choiceKeys, ...bindings.flatMap((binding) => binding.keys)];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("names of keys", () => {
  it("match the labels on a keyboard", () => {
    expect(
      ["a", " ", "Backspace", "Ctrl+ ", "Ctrl+ArrowLeft", "Shift+3", "+"].map(keyName),
    ).toEqual(["A", "Space", "⌫", "Ctrl+Space", "Ctrl+←", "⇧3", "+"]);
  });

  it("follow the preset on buttons", () => {
    expect(keyHint("own", "keep")).toBe("A");
    expect(keyHint("label-studio", "keep")).toBe("Ctrl+↵");
    expect(keyHint("own", "fold", "comments")).toBe("C");
  });
});

describe("mayRepeat", () => {
  it("allows a held key to move, but not to decide", () => {
    expect(mayRepeat({ type: "next" })).toBe(true);
    expect(mayRepeat({ type: "keep" })).toBe(false);
    expect(mayRepeat({ type: "undo" })).toBe(false);
  });
});
