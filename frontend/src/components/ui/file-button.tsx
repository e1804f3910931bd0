import { useId } from "react";

import { type Chosen, readChosen, readDropped } from "@/lib/uploads/chosen-files";

import { buttonClass, type ButtonLook } from "./button";

interface Props {
  label: string;
  /** What the browser's dialog offers. */
  source?: Chosen["source"];
  look?: ButtonLook;
  disabled?: boolean;
  onChosen: (chosen: Chosen) => void;
}

/** A button that opens the browser's dialog for files. It takes dropped files and folders, too. */
export function FileButton({ label, source = "file", look, disabled, onChosen }: Props) {
  const id = useId();
  const choose = (chosen: Chosen | null) => {
    if (chosen !== null) onChosen(chosen);
  };
  // React's types lack the attribute.
  const folder = source === "folder" ? { webkitdirectory: "" } : {};

  return (
    <label
      htmlFor={id}
      className={buttonClass(
        look,
        "relative cursor-pointer focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
      )}
    >
      {label}
      {/* The invisible input fills the button. */}
      <input
        {...folder}
        id={id}
        type="file"
        multiple={source === "files"}
        disabled={disabled}
        className="absolute inset-0 w-full cursor-pointer opacity-0"
        onDrop={(event) => {
          event.preventDefault();
          void readDropped(event.dataTransfer.items).then(choose);
        }}
        onChange={(event) => {
          choose(readChosen(event.target.files));
          // Reset, so that the same file can be chosen again after a correction.
          event.target.value = "";
        }}
      />
    </label>
  );
}
