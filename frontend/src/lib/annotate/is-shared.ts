import type { Dataset } from "@/lib/client/types";

/** Whether several people are meant to work on a dataset: then their names matter. */
export function isShared({ overlap, honeypot_rate }: Pick<Dataset, "overlap" | "honeypot_rate">) {
  return overlap > 1 || honeypot_rate > 0;
}
