import { useId, useState } from "react";

import { cx } from "@/components/ui/cx";
import { FileButton } from "@/components/ui/file-button";
import { formatBytes } from "@/lib/format";
import { type Chosen, readChosen, readDropped } from "@/lib/uploads/chosen-files";

interface Props {
  file: File | null;
  onChosen: (chosen: Chosen) => void;
  disabled: boolean;
}

/** Field for an archive, images or a folder, by drop or click. */
export function ArchiveField({ file, onChosen, disabled }: Props) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const choose = (chosen: Chosen | null) => {
    if (chosen !== null) onChosen(chosen);
  };

  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        Archive file
      </label>
      <div
        className={cx(
          "relative rounded-lg border border-dashed px-4 py-6 text-center transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent",
          isOver ? "border-accent bg-accent-soft" : "border-line-strong bg-raised hover:border-ink",
        )}
      >
        {/* The invisible input fills the box and takes both clicks and dropped files. */}
        <input
          id={id}
          type="file"
          multiple
          disabled={disabled}
          className="absolute inset-0 h-full w-full cursor-pointer opacity-0"
          aria-describedby={`${id}-hint`}
          onDragEnter={() => {
            setIsOver(true);
          }}
          onDragLeave={() => {
            setIsOver(false);
          }}
          onDrop={(event) => {
            // A file field takes no folders.
            event.preventDefault();
            setIsOver(false);
            void readDropped(event.dataTransfer.items).then(choose);
          }}
          onChange={(event) => {
            choose(readChosen(event.target.files));
          }}
        />
        {file === null ? (
          <p className="font-medium">
            Drop an archive, a folder or images here, or click to choose
          </p>
        ) : (
          <p className="font-medium break-all">
            {file.name} <span className="text-muted">· {formatBytes(file.size)}</span>
          </p>
        )}
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          Labelled images as .zip, .tar, .tar.gz, .parquet or .arrow, or as they are
        </p>
      </div>
      <div className="mt-1">
        <FileButton
          label="Choose a folder"
          source="folder"
          look="quiet"
          disabled={disabled}
          onChosen={onChosen}
        />
      </div>
    </div>
  );
}
