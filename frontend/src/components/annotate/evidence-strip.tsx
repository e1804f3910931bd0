import { useQuery } from "@tanstack/react-query";

import { Loading } from "@/components/ui/loading";
import type { Item } from "@/lib/annotate/item";
import { resultDetailQuery } from "@/lib/annotate/queries";
import type { Folds } from "@/lib/annotate/use-folds";
import type { ResultDetail } from "@/lib/client/types";
import { toProblem } from "@/lib/problem";

import { FoldPanel } from "./fold-panel";
import { Neighbours } from "./neighbours-panel";
import { SimilarLink } from "./similar-link";
import { TrajectoryChart } from "./trajectory-chart";

interface Props {
  jobId: string;
  item: Item;
  folds: Folds;
}

/** A job's evidence for its suggestion: nearest verified images and prediction history. */
export function EvidenceStrip({ jobId, item, folds }: Props) {
  const { given, suggested, sampleId } = item;
  const { data, error } = useQuery(resultDetailQuery(jobId, sampleId));

  const show = (content: (detail: ResultDetail) => React.ReactNode) => {
    if (data !== undefined) return content(data);
    if (error === null) return <Loading lines={2} label="Loading evidence" />;
    return <p className="text-xs text-muted">Not available: {toProblem(error).title}.</p>;
  };

  return (
    <div className="grid shrink-0 items-start gap-3 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <FoldPanel panel="neighbours" title="Nearest verified images" folds={folds}>
        {show(({ neighbours }) => (
          <Neighbours given={given} suggested={suggested} neighbours={neighbours} />
        ))}
        <SimilarLink jobId={jobId} sampleId={sampleId} />
      </FoldPanel>
      <FoldPanel panel="trajectory" title="Prediction history" folds={folds}>
        {show(({ trajectory }) => (
          <TrajectoryChart points={trajectory} given={given} suggested={suggested} />
        ))}
      </FoldPanel>
    </div>
  );
}
