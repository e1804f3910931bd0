import { useMutation, useQueryClient } from "@tanstack/react-query";

import { SelectField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { api, unwrap } from "@/lib/client/client";
import type { Dataset } from "@/lib/client/types";
import { filterOptions } from "@/lib/options";

/** Chooses the column whose values stay in one part of the verified set. Nothing without metadata. */
export function GroupColumn({ dataset }: { dataset: Dataset }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (group_column: string) =>
      unwrap(
        api.PATCH("/api/v1/datasets/{dataset_id}", {
          params: { path: { dataset_id: dataset.id } },
          body: { group_column },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["datasets", dataset.id] }),
  });
  const names = dataset.metadata_columns.map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <Panel title="Groups">
      <SelectField
        label="Column"
        hint="Images with the same value, such as of one patient or scene, are never both learned from and measured on."
        value={dataset.group_column ?? ""}
        options={filterOptions("No groups", names)}
        onChange={(column) => {
          save.mutate(column);
        }}
      />
      {save.error !== null && <ProblemPanel error={save.error} />}
    </Panel>
  );
}
