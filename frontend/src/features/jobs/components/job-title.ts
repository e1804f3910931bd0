import type { Job } from "@/lib/client/types";
import { METHOD_NAMES } from "@/lib/methods";

/** The job's own name, else its method's. */
export function jobTitle({ name, config }: Pick<Job, "name" | "config">): string {
  return name === "" ? METHOD_NAMES[config.method] : name;
}
