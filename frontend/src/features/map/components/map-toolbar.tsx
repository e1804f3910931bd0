import type { MouseEvent } from "react";

import { Button } from "@/components/ui/button";
import { SelectInput } from "@/components/ui/field";
import { Kbd } from "@/components/ui/kbd";
import { type Colouring, COLOURINGS } from "@/lib/map/search";

import { COLOURING_NAMES } from "../api/colouring";
import { type MapAction, ZOOM_STEP } from "../api/map-keys";
import type { Tool } from "./use-map-pointer";

interface Props {
  colouring: Colouring;
  onColouring: (colouring: Colouring) => void;
  tool: Tool;
  perform: (action: MapAction) => void;
}

const OPTIONS = COLOURINGS.map((value) => ({ value, label: COLOURING_NAMES[value] }));
/** Keeps the focus, so that Enter stays a shortcut. */
const keepFocus = (event: MouseEvent) => {
  event.preventDefault();
};
const TOUCH = "pointer-coarse:min-h-11 pointer-coarse:min-w-11";

const VIEWS: readonly { name: string; sign: string; action: MapAction }[] = [
  { name: "Zoom out", sign: "−", action: { type: "zoom", factor: 1 / ZOOM_STEP } },
  { name: "Show the whole map", sign: "⤢", action: { type: "fit" } },
  { name: "Zoom in", sign: "+", action: { type: "zoom", factor: ZOOM_STEP } },
];

/** Colouring, lasso and zoom. */
export function MapToolbar({ colouring, onColouring, tool, perform }: Props) {
  return (
    <section aria-label="Map controls" className="flex shrink-0 flex-wrap items-center gap-2">
      <span className="flex items-center gap-2 text-sm text-muted">
        <span aria-hidden="true">Colour</span>
        <SelectInput
          aria-label="Colour"
          className="w-auto! pr-6 text-sm! text-ink"
          value={colouring}
          options={OPTIONS}
          onChange={(value) => {
            onColouring(COLOURINGS.find((known) => known === value) ?? "given");
          }}
        />
      </span>
      <Button
        aria-pressed={tool === "lasso"}
        look={tool === "lasso" ? "primary" : "plain"}
        className={TOUCH}
        onMouseDown={keepFocus}
        onClick={() => {
          perform({ type: "lasso" });
        }}
      >
        Lasso <Kbd>L</Kbd>
      </Button>
      <Button
        className={TOUCH}
        onMouseDown={keepFocus}
        onClick={() => {
          perform({ type: "selectVisible" });
        }}
      >
        Select what is in view <Kbd>V</Kbd>
      </Button>
      <span className="ml-auto flex gap-1.5">
        {VIEWS.map(({ name, sign, action }) => (
          <Button
            key={name}
            aria-label={name}
            title={name}
            className={`px-2.5 ${TOUCH}`}
            onMouseDown={keepFocus}
            onClick={() => {
              perform(action);
            }}
          >
            {sign}
          </Button>
        ))}
      </span>
    </section>
  );
}
