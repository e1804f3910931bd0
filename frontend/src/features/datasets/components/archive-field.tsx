import { useId, useState } from "react";

import { cx } from "@/components/ui/cx";
import { formatBytes } from "@/lib/format";

interface Props {
  file: File | null;
  onFile: (file: File) => void;
  disabled: boolean;
}

/** File field for one archive, by drop or click. */
export function ArchiveField({ file, onFile, disabled }: Props) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);

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
          disabled={disabled}
          className="absolute inset-0 h-full w-full cursor-pointer opacity-0"
          aria-describedby={`${id}-hint`}
          onDragEnter={() => {
            setIsOver(true);
          }}
          onDragLeave={() => {
            setIsOver(false);
          }}
          onDrop={() => {
            setIsOver(false);
          }}
          onChange={(event) => {
            const picked = event.target.files?.[0];
            if (picked !== undefined) onFile(picked);
          }}
        />
        {file === null ? (
          <p className="font-medium">Drop an archive here, or click to choose one</p>
        ) : (
          <p className="font-medium break-all">
            {file.name} <span className="text-muted">· {formatBytes(file.size)}</span>
          </p>
        )}
        <p id={`${id}-hint`} className="mt-0.5 text-sm text-muted">
          Labelled images as .zip, .tar, .tar.gz, .parquet or .arrow
        </p>
      </div>
    </div>
  );
}
