import type { Dataset } from "@/lib/client/types";

/** Whether a dataset is set up for several reviewers, so that names matter. */
export function isShared({ overlap, honeypot_rate }: Pick<Dataset, "overlap" | "honeypot_rate">) {
  return overlap > 1 || honeypot_rate > 0;
}
