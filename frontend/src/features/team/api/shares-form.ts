/** Fields of the form that assigns shares, and their conversion to a request. Pure. */
import type { ShareFilter, SharesCreate } from "@/lib/client/types";

export interface SharesForm {
  /** "" = all images, in random order. */
  jobId: string;
  /** "" = all classes. */
  given: string;
  scoreMax: string;
  maxSamples: string;
  people: string;
}

export const EMPTY_FORM: SharesForm = {
  jobId: "",
  given: "",
  scoreMax: "",
  maxSamples: "",
  people: "",
};

type Assignee = SharesCreate["assignees"][number];

/** One line: names separated by commas, and a weight after a colon. Null if it cannot be read. */
function readLine(line: string): Assignee | null {
  const [, names = "", weight] = /^(.*?)(?::\s*([0-9.]+))?$/.exec(line) ?? [];
  const reviewers = names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const size = weight === undefined ? 1 : Number(weight);
  return reviewers.length > 0 && size > 0 ? { reviewers, weight: size } : null;
}

/** One share a line; null if a line cannot be read or there is none. */
export function readPeople(text: string): Assignee[] | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const assignees = lines.map(readLine).filter((assignee) => assignee !== null);
  return assignees.length === lines.length && lines.length > 0 ? assignees : null;
}

/** The filter; null while a field is invalid. */
export function toFilter({ jobId, given, scoreMax }: SharesForm): ShareFilter | null {
  const score = scoreMax.trim() === "" || jobId === "" ? undefined : Number(scoreMax);
  if (score !== undefined && !(score >= 0 && score <= 1)) return null;
  return {
    job_id: jobId === "" ? undefined : jobId,
    given: given === "" ? undefined : given,
    score_max: score,
  };
}

/** The request; null while a field is invalid. */
export function toShares(form: SharesForm, reviewer: string): SharesCreate | null {
  const filter = toFilter(form);
  const assignees = readPeople(form.people);
  const first = form.maxSamples.trim() === "" ? undefined : Number(form.maxSamples);
  const isCount = first === undefined || (Number.isInteger(first) && first > 0);
  if (filter === null || assignees === null || !isCount) return null;
  return { filter, assignees, max_samples: first, reviewer };
}
