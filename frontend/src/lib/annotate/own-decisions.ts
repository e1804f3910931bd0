/** The reviewer's own active decisions, as stored by the service. */
import { api, unwrap } from "@/lib/client/client";
import type { TrailItem, ResultDetail } from "@/lib/client/types";
import { ApiProblem, toProblem } from "@/lib/problem";

import type { Decision } from "./decision";
import { earlierItem, type Item } from "./item";

const PAGE = 50;

function decisionOf({ verdict, label }: TrailItem): Decision | null {
  if (verdict === "withdrawn") return null;
  // In this UI, `correct` has no label.
  return { verdict, label: verdict === "correct" ? null : (label ?? null) };
}

/** The reviewer's latest active decision, on one sample or on any; null without one. */
async function latestActive(
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

/** The reviewer's active decision on a sample. */
export async function activeDecision(
  datasetId: string,
  reviewer: string,
  sampleId: string,
): Promise<Decision | null> {
  const entry = await latestActive(datasetId, reviewer, sampleId);
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
    // The job may have been deleted; the image can still be decided.
    if (error instanceof ApiProblem && toProblem(error).status === 404) return null;
    throw error;
  }
}

export interface Undone {
  item: Item;
  /** The decision that was withdrawn. */
  withdrawn: Decision | null;
  /** The previous decision, active again. */
  active: Decision | null;
}

/** Withdraw the reviewer's latest active decision, however old; null if there is none. */
export async function undoLatest(
  datasetId: string,
  reviewer: string,
  classes: readonly string[],
): Promise<Undone | null> {
  const entry = await latestActive(datasetId, reviewer);
  if (entry === null) return null;
  await unwrap(
    api.POST("/api/v1/verifications/{verification_id}/withdrawal", {
      params: { path: { verification_id: entry.id } },
      body: { reviewer },
    }),
  );
  const [detail, active] = await Promise.all([
    resultOf(entry.job_id ?? null, entry.sample_id),
    activeDecision(datasetId, reviewer, entry.sample_id),
  ]);
  return { item: earlierItem(entry, classes, detail), withdrawn: decisionOf(entry), active };
}
