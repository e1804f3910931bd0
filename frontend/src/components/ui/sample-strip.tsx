import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { thumbnailUrl } from "@/lib/annotate/images";
import type { Result } from "@/lib/client/types";

interface Props {
  label: string;
  results: readonly Result[];
  /** Line below each image. */
  note: (result: Result) => ReactNode;
}

/** A few samples as thumbnails, each with its given label and suggestion. */
export function SampleStrip({ label, results, note }: Props) {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-2.5">
      {results.map((result) => (
        <li key={result.sample_id} className="w-24 text-xs leading-snug">
          <Link
            to="/images/$sampleId"
            params={{ sampleId: result.sample_id }}
            className="mb-1 flex size-24 items-center justify-center rounded-md border border-line bg-stage p-0.5 hover:border-ink"
          >
            <img
              src={thumbnailUrl(result.sample_id, 96)}
              alt={`Sample ${result.file_name}`}
              loading="lazy"
              className="h-full w-full object-contain [image-rendering:pixelated]"
            />
          </Link>
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
