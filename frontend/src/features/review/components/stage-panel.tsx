import { Link } from "@tanstack/react-router";

import { ImageStage } from "@/components/annotate/image-stage";
import { Button, buttonClass } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Result } from "@/lib/client/types";
import { formatScore } from "@/lib/format";

interface Props {
  jobId: string;
  result: Result | undefined;
  isEmpty: boolean;
  isLoading: boolean;
  error: Error | null;
  onRetry: () => void;
  onBackToFirst: () => void;
}

function NothingLeft({ jobId, isEmpty, onBackToFirst }: Props) {
  return (
    <div className="m-auto text-center">
      <p className="text-lg font-semibold">
        {isEmpty ? "No image matches these filters" : "That was the last one"}
      </p>
      <p className="mt-1 mb-4 text-muted">
        {isEmpty ? "Widen them on the left." : "Every image behind these filters has been shown."}
      </p>
      <div className="flex justify-center gap-2">
        {!isEmpty && <Button onClick={onBackToFirst}>Back to the first</Button>}
        <Link to="/jobs/$jobId" params={{ jobId }} className={buttonClass("primary")}>
          Back to the results
        </Link>
      </div>
    </div>
  );
}

/** The image in question, or why there is none. */
export function StagePanel(props: Props) {
  const { result, isLoading, error, onRetry } = props;
  return (
    <section
      aria-label="Image"
      className="flex min-h-80 flex-col rounded-lg border border-line bg-surface lg:min-h-0"
    >
      <div className="flex min-h-0 grow rounded-t-lg bg-stage p-4">
        {result !== undefined && (
          <ImageStage sampleId={result.sample_id} alt={`Sample ${result.file_name}`} />
        )}
        {result === undefined && error !== null && (
          <div className="m-auto">
            <ProblemPanel error={error} onRetry={onRetry} />
          </div>
        )}
        {result === undefined && error === null && isLoading && (
          <div className="m-auto w-64">
            <Loading label="Loading the ranking" />
          </div>
        )}
        {result === undefined && error === null && !isLoading && <NothingLeft {...props} />}
      </div>
      {result !== undefined && (
        <p className="flex flex-wrap justify-between gap-x-4 border-t border-line px-4 py-1.5 text-xs text-muted">
          <span className="font-mono break-all">
            {result.file_name}
            {result.external_id !== null && ` · id ${result.external_id}`}
          </span>
          <span>
            rank {result.rank} · score {formatScore(result.label_score)}
          </span>
        </p>
      )}
    </section>
  );
}
