/** Tabs of a job's results, named in its address. */
export const JOB_TABS = {
  overview: "Overview",
  classes: "Classes",
  accept: "Accept and export",
  training: "Training",
} as const;

export type JobTab = keyof typeof JOB_TABS;

export interface JobSearch {
  tab?: JobTab;
}

/** The tab from an address; an unknown one is ignored. */
export function readJobSearch({ tab }: Record<string, unknown>): JobSearch {
  const known = (Object.keys(JOB_TABS) as JobTab[]).find((name) => name === tab);
  return known === undefined ? {} : { tab: known };
}
