import { afterEach, describe, expect, it } from "vitest";

import { belongsToTarget, endsTyping, focusField } from "@/lib/annotate/command-keys";

afterEach(() => {
  document.body.innerHTML = "";
});

function parse(html: string): HTMLElement {
  document.body.innerHTML = html;
  return document.body.firstElementChild as HTMLElement;
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
}

describe("belongsToTarget", () => {
  it("leaves every key to a text field", () => {
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

  it("is false for keys on the page itself", () => {
    expect(belongsToTarget(document.body, "Enter")).toBe(false);
    expect(belongsToTarget(null, "a")).toBe(false);
  });

  it.each(["Home", "End", "PageUp", "PageDown"])("leaves %s to a slider", (key) => {
    parse("<input type='range'>");
    expect(belongsToTarget(find("input"), key)).toBe(true);
  });

  it.each(["form", "div data-typing", "div role='dialog'"])("is dead around a field: %s", (tag) => {
    parse(`<${tag}><textarea></textarea><button>Add</button><ul></ul></${tag}>`);
    expect(belongsToTarget(find("button"), "a")).toBe(true);
    expect(belongsToTarget(find("ul"), "a")).toBe(true);
  });

  it("keeps commands alive in a panel without a field", () => {
    parse("<form><button>Undo</button></form>");
    expect(belongsToTarget(find("button"), "a")).toBe(false);
  });
});

/** Whether the key, pressed in the element, ends the typing. */
function ends(element: HTMLElement, key: string): boolean {
  let ended = false;
  element.addEventListener("keydown", (event) => {
    ended = endsTyping(event);
  });
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  return ended;
}

describe("endsTyping", () => {
  it("ends with Escape, and with Enter where it submits nothing", () => {
    expect(ends(parse("<input>"), "Escape")).toBe(true);
    expect(ends(parse("<input>"), "Enter")).toBe(true);
    expect(ends(parse("<input>"), "a")).toBe(false);
    expect(ends(parse("<textarea></textarea>"), "Enter")).toBe(false);
    parse("<form><input></form>");
    expect(ends(find("input"), "Enter")).toBe(false);
    expect(ends(find("input"), "Escape")).toBe(true);
  });

  it("leaves the keys of a dialog to the dialog", () => {
    parse("<div role='dialog'><input></div>");
    expect(ends(find("input"), "Escape")).toBe(false);
  });
});

describe("focusField", () => {
  it("focuses the field of a panel for typing only", () => {
    const panel = parse("<section><div data-typing><textarea></textarea></div></section>");
    expect(focusField(panel)).toBe(true);
    expect(document.activeElement).toBe(find("textarea"));
    expect(focusField(parse("<section><select></select></section>"))).toBe(false);
    expect(focusField(null)).toBe(false);
  });
});
