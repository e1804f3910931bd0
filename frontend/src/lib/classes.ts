/** What is set for the classes of a dataset. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { DatasetClass } from "@/lib/client/types";

export const classesKey = (datasetId: string) => ["datasets", datasetId, "classes"];

/** All classes: first those that can be given, in order. */
export const classesQuery = (datasetId: string) =>
  queryOptions({
    queryKey: classesKey(datasetId),
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/classes", {
            params: { path: { dataset_id: datasetId } },
            signal,
          }),
        )
      ).items,
  });

export function isActive({ merged_into, removed }: DatasetClass): boolean {
  return merged_into == null && !removed;
}

/** By name, the classes that can be given. */
export function byName(classes: readonly DatasetClass[]): ReadonlyMap<string, DatasetClass> {
  return new Map(classes.filter(isActive).map((one) => [one.name, one]));
}

/** By key, the place among `names` of the class that the key chooses. */
export function placesByKey(
  classes: readonly DatasetClass[],
  names: readonly string[],
): ReadonlyMap<string, number> {
  const keyed = classes.filter((one) => isActive(one) && one.key != null);
  return new Map(keyed.map((one) => [one.key ?? "", names.indexOf(one.name)]));
}
