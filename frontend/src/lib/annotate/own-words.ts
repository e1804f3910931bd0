/** What a reviewer has said and has not taken back, as the service knows it. */
import { api, unwrap } from "@/lib/client/client";
import type { TrailItem, ResultDetail } from "@/lib/client/types";
import { ApiProblem, toProblem } from "@/lib/problem";

import type { Decision } from "./decision-queue";
import { earlierItem, type Item } from "./item";

const PAGE = 50;

function decisionOf({ verdict, label }: TrailItem): Decision | null {
  if (verdict === "withdrawn") return null;
  // As decided here: `correct` names the given label without saying so.
  return { verdict, label: verdict === "correct" ? null : (label ?? null) };
}

/** The reviewer's newest word that stands, on one sample or on any; null when there is none. */
async function latestStanding(
  datasetId: string,
  reviewer: string,
  sampleId?: string,
): Promise<TrailItem | null> {
  let cursor: string | null = null;
  do {
    const page: { items: TrailItem[]; next_cursor: string | null } = await unwrap(
      api.GET("/api/v1/datasets/{dataset_id}/verifications", {
        params: {
          path: { dataset_id: datasetId },
          query: { reviewer, source: "review", sample_id: sampleId, cursor, limit: PAGE },
        },
      }),
    );
    const found = page.items.find(
      ({ verdict, withdrawn }) => verdict !== "withdrawn" && !withdrawn,
    );
    if (found !== undefined) return found;
    cursor = page.next_cursor;
  } while (cursor !== null);
  return null;
}

/** What the reviewer's word on a sample is now. */
export async function standingWord(
  datasetId: string,
  reviewer: string,
  sampleId: string,
): Promise<Decision | null> {
  const entry = await latestStanding(datasetId, reviewer, sampleId);
  return entry === null ? null : decisionOf(entry);
}

async function resultOf(jobId: string | null, sampleId: string): Promise<ResultDetail | null> {
  if (jobId === null) return null;
  try {
    return await unwrap(
      api.GET("/api/v1/jobs/{job_id}/results/{sample_id}", {
        params: { path: { job_id: jobId, sample_id: sampleId } },
      }),
    );
  } catch (error) {
    // The job may be gone since: its image can be settled all the same.
    if (error instanceof ApiProblem && toProblem(error).status === 404) return null;
    throw error;
  }
}

export interface TakenBack {
  item: Item;
  /** What was taken back. */
  was: Decision | null;
  /** The reviewer's word before that, which stands again. */
  stands: Decision | null;
}

/** Take back the reviewer's latest word, whenever it was said; null when there is none left. */
export async function takeBackLatest(
  datasetId: string,
  reviewer: string,
  classes: readonly string[],
): Promise<TakenBack | null> {
  const entry = await latestStanding(datasetId, reviewer);
  if (entry === null) return null;
  await unwrap(
    api.POST("/api/v1/verifications/{verification_id}/withdrawal", {
      params: { path: { verification_id: entry.id } },
      body: { reviewer },
    }),
  );
  const [detail, stands] = await Promise.all([
    resultOf(entry.job_id ?? null, entry.sample_id),
    standingWord(datasetId, reviewer, entry.sample_id),
  ]);
  return { item: earlierItem(entry, classes, detail), was: decisionOf(entry), stands };
}
