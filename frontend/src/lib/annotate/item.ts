/** One image to settle, with all that is shown beside it. Pure. */
import type { TrailItem, ResultDetail, ServedSample } from "@/lib/client/types";

import type { Decision } from "./decision-queue";
import { byLikelihood, type LikelyClass } from "./likelihood";

export interface Item {
  sampleId: string;
  fileName: string;
  given: string;
  suggested: string | null;
  /** The classes in the order of the number keys. */
  choices: readonly string[];
  /** The soft label, the most likely class first; null where nobody is to be led by one. */
  likely: readonly LikelyClass[] | null;
  /** The job whose ranking led here; null where none did. */
  jobId: string | null;
  rank: number | null;
  score: number | null;
  /** The reviewer's own word that stood when the image came. */
  before: Decision | null;
  opinions: ServedSample["opinions"];
  /** What the sample is settled as, where it is looked at once more. */
  settled: { label: string; probability: number | null } | null;
}

const UNLED = { suggested: null, likely: null, rank: null, score: null } as const;

function likelihood(classes: readonly string[], softLabel: readonly number[] | null | undefined) {
  const likely = softLabel ? byLikelihood(classes, softLabel) : null;
  return { likely, choices: likely?.map(({ label }) => label) ?? classes };
}

/** Of a sample that the service has served. */
export function servedItem(sample: ServedSample, classes: readonly string[]): Item {
  return {
    sampleId: sample.sample_id,
    fileName: sample.file_name,
    given: sample.given_label,
    suggested: sample.suggested_label ?? null,
    ...likelihood(classes, sample.soft_label),
    jobId: sample.job_id ?? null,
    rank: sample.rank ?? null,
    score: sample.label_score ?? null,
    before: null,
    opinions: sample.opinions,
    settled:
      sample.settled_label == null
        ? null
        : { label: sample.settled_label, probability: sample.probability ?? null },
  };
}

/** Of a sample that was decided on earlier and is taken up again. */
export function earlierItem(
  entry: Pick<TrailItem, "sample_id" | "file_name" | "given_label" | "job_id">,
  classes: readonly string[],
  detail: ResultDetail | null,
): Item {
  const found = detail && {
    suggested: detail.suggested_label,
    rank: detail.rank,
    score: detail.label_score,
  };
  return {
    sampleId: entry.sample_id,
    fileName: entry.file_name,
    given: entry.given_label,
    ...UNLED,
    ...found,
    // Without a result there is nothing to show of the job, but the answer still comes from its ranking.
    jobId: entry.job_id ?? null,
    ...likelihood(classes, detail?.soft_label),
    before: null,
    opinions: [],
    settled: null,
  };
}
