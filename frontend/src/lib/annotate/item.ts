/** One image to decide on, with everything that is shown beside it. Pure. */
import type { TrailItem, ResultDetail, ServedSample } from "@/lib/client/types";

import type { Decision } from "./decision";
import { byLikelihood, type LikelyClass } from "./likelihood";

export interface Item {
  sampleId: string;
  fileName: string;
  given: string;
  suggested: string | null;
  /** Classes in the order of the number keys, which is the dataset's: a class keeps its number. */
  choices: readonly string[];
  /** The soft label, most likely class first; null where it is hidden to avoid anchoring bias. */
  likely: readonly LikelyClass[] | null;
  /** The job whose ranking served the sample; null without one. */
  jobId: string | null;
  /** What this page has seen of the sample's decisions; null for one that undo brought back. */
  seen: string | null;
  rank: number | null;
  score: number | null;
  /** Whether the suggestion is accepted as long as nobody decides. */
  isChanged: boolean;
  /** The reviewer's active decision when the image was served. */
  before: Decision | null;
  opinions: ServedSample["opinions"];
  /** The settled label of a sample in re-review. */
  settled: { label: string; probability: number | null } | null;
}

const WITHOUT_SUGGESTION = { suggested: null, likely: null, rank: null, score: null } as const;

function likelihood(
  classes: readonly string[],
  softLabel: readonly number[] | null | undefined,
  of: readonly number[] | null | undefined,
) {
  const likely = softLabel ? byLikelihood(classes, softLabel, of ?? null) : null;
  return { likely, choices: classes };
}

/** Item for a served sample. */
export function servedItem(sample: ServedSample, classes: readonly string[], seen: string): Item {
  return {
    sampleId: sample.sample_id,
    fileName: sample.file_name,
    given: sample.given_label,
    suggested: sample.suggested_label ?? null,
    ...likelihood(classes, sample.soft_label, sample.soft_label_classes),
    jobId: sample.job_id ?? null,
    seen,
    rank: sample.rank ?? null,
    score: sample.label_score ?? null,
    isChanged: sample.changed_by_model,
    before: null,
    opinions: sample.opinions,
    settled:
      sample.settled_label == null
        ? null
        : { label: sample.settled_label, probability: sample.probability ?? null },
  };
}

/** Item for an earlier decision that was undone. */
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
    ...WITHOUT_SUGGESTION,
    ...found,
    // Without a result there is no evidence to show, but the decision still counts for the job.
    jobId: entry.job_id ?? null,
    seen: null,
    ...likelihood(classes, detail?.soft_label, detail?.soft_label_classes),
    isChanged: detail?.corrected_by === "model",
    before: null,
    opinions: [],
    settled: null,
  };
}
