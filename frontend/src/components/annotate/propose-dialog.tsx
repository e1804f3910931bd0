import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { Item } from "@/lib/annotate/item";
import { proposalsQuery, useProposeClass } from "@/lib/proposals";

interface Props {
  datasetId: string;
  item: Item;
  /** What was searched for in vain. */
  initialName: string;
  onClose: () => void;
  onProposed: (name: string) => void;
}

/** Proposes a class for an image that none of the classes fits. */
export function ProposeDialog({ datasetId, item, initialName, onClose, onProposed }: Props) {
  const listId = useId();
  const [name, setName] = useState(initialName);
  const [description, setDescription] = useState("");
  const propose = useProposeClass(datasetId);
  const { data: pending = [] } = useQuery(proposalsQuery(datasetId, { status: "pending" }));
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const values = { sampleId: item.sampleId, name: name.trim(), description: description.trim() };
    propose.mutate(values, {
      onSuccess: () => {
        onProposed(values.name);
      },
    });
  };
  return (
    <Dialog
      title="Propose a class"
      description="The image waits until a manager decides. Then it comes back to the queue."
      open
      onOpenChange={onClose}
      isAside
    >
      <form onSubmit={onSubmit} className="space-y-3">
        <TextField
          label="Name"
          // The user opened the dialog to type.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          required
          maxLength={256}
          autoComplete="off"
          list={listId}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <datalist id={listId}>
          {[...new Set(pending.map((one) => one.name))].map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <TextField
          label="Description"
          hint="What it is, and how to tell it from other classes. Optional."
          maxLength={20_000}
          autoComplete="off"
          value={description}
          onChange={(event) => {
            setDescription(event.target.value);
          }}
        />
        {propose.error !== null && <ProblemPanel error={propose.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={propose.isPending || name.trim() === ""}>
            Propose
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
