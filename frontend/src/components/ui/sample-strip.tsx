import type { ReactNode } from "react";

import { API_ROOT } from "@/lib/client/client";
import type { Result } from "@/lib/client/types";

const SIZE = 96;

interface Props {
  label: string;
  results: readonly Result[];
  /** A line below each image. */
  note: (result: Result) => ReactNode;
}

/** A handful of samples as small images, each with what is claimed about it. */
export function SampleStrip({ label, results, note }: Props) {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-2.5">
      {results.map((result) => (
        <li key={result.sample_id} className="w-24 text-xs leading-snug">
          <span className="mb-1 flex size-24 items-center justify-center rounded-md border border-line bg-stage p-0.5">
            <img
              src={`${API_ROOT}/samples/${result.sample_id}/thumbnail?size=${SIZE}`}
              alt={`Sample ${result.file_name}`}
              loading="lazy"
              className="h-full w-full object-contain [image-rendering:pixelated]"
            />
          </span>
          <span className="block break-words">
            {result.given_label} →{" "}
            <span className="font-semibold text-accent">{result.suggested_label}</span>
          </span>
          <span className="block text-muted">{note(result)}</span>
        </li>
      ))}
    </ul>
  );
}
