import type { Job } from "@/lib/client/types";
import { METHOD_NAMES } from "@/lib/methods";

/** The job's name, or its method's if it has none. */
export function jobTitle({ name, config }: Pick<Job, "name" | "config">): string {
  return name === "" ? METHOD_NAMES[config.method] : name;
}
