import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SelectField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { DatasetClass } from "@/lib/client/types";

interface Props {
  merged: DatasetClass;
  others: readonly DatasetClass[];
  error: Error | null;
  isBusy: boolean;
  onClose: () => void;
  /** Called with the index of the class to merge into. */
  onMerge: (into: number) => void;
}

/** Chooses the class that another one is merged into. */
export function MergeDialog({ merged, others, error, isBusy, onClose, onMerge }: Props) {
  const [into, setInto] = useState(String(others[0]?.index ?? ""));
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onMerge(Number(into));
  };
  return (
    <Dialog
      title={`Merge “${merged.name}”`}
      description="All labels of the class are read as the other one: given and settled labels, decisions and suggestions. No label is rewritten, so the undo is exact."
      open
      onOpenChange={onClose}
    >
      <form onSubmit={onSubmit} className="space-y-3">
        <SelectField
          label="Into"
          value={into}
          options={others.map(({ index, name }) => ({ value: String(index), label: name }))}
          onChange={setInto}
        />
        {error !== null && <ProblemPanel error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={isBusy || into === ""}>
            Merge classes
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
