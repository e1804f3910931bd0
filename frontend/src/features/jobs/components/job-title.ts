import type { Job } from "@/lib/client/types";

const METHOD_NAMES: Record<Job["config"]["method"], string> = {
  mslg: "MSLG",
  cross_entropy: "Cross entropy",
};

/** The job's own name, else its method's. */
export function jobTitle({ name, config }: Pick<Job, "name" | "config">): string {
  return name === "" ? METHOD_NAMES[config.method] : name;
}
