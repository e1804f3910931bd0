import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { SelectField, TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { ClassProposal, DatasetClass, ProposalDecision } from "@/lib/client/types";

type Outcome = ProposalDecision["outcome"];

const OUTCOMES: readonly { value: Outcome; label: string }[] = [
  { value: "accepted", label: "Add it as a class" },
  { value: "mapped", label: "A class that is there already is meant" },
  { value: "rejected", label: "Reject it" },
];

interface Props {
  proposal: ClassProposal;
  classes: readonly DatasetClass[];
  error: Error | null;
  isBusy: boolean;
  onClose: () => void;
  onDecide: (decision: ProposalDecision) => void;
}

/** The request for what the form says. */
function decisionOf(outcome: Outcome, name: string, label: string, reason: string) {
  if (outcome === "accepted") return { outcome, name: name.trim(), reason };
  if (outcome === "mapped") return { outcome, label, reason };
  return { outcome, reason };
}

/** Decides on all pending proposals of one name. */
export function DecideDialog({ proposal, classes, error, isBusy, onClose, onDecide }: Props) {
  const [outcome, setOutcome] = useState<Outcome>("accepted");
  const [name, setName] = useState(proposal.name);
  const [label, setLabel] = useState(classes[0]?.name ?? "");
  const [reason, setReason] = useState("");
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onDecide(decisionOf(outcome, name, label, reason.trim()));
  };
  return (
    <Dialog
      title={`Decide on “${proposal.name}”`}
      description="Your decision is on all waiting proposals of this name. Their images come back to the queue."
      open
      onOpenChange={onClose}
    >
      <form onSubmit={onSubmit} className="space-y-3">
        <fieldset className="space-y-1.5">
          <legend className="mb-1 text-sm font-medium">Decision</legend>
          {OUTCOMES.map((one) => (
            <label key={one.value} className="flex items-center gap-2 pointer-coarse:min-h-11">
              <input
                type="radio"
                name="outcome"
                className="accent-accent"
                checked={outcome === one.value}
                onChange={() => {
                  setOutcome(one.value);
                }}
              />
              {one.label}
            </label>
          ))}
        </fieldset>
        {outcome === "accepted" && (
          <TextField
            label="Name of the class"
            required
            maxLength={256}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        )}
        {outcome === "mapped" && (
          <SelectField
            label="Class"
            value={label}
            options={classes.map((one) => ({ value: one.name, label: one.name }))}
            onChange={setLabel}
          />
        )}
        <TextField
          label={outcome === "rejected" ? "Reason" : "Note"}
          hint="The author reads it."
          required={outcome === "rejected"}
          maxLength={2000}
          value={reason}
          onChange={(event) => {
            setReason(event.target.value);
          }}
        />
        {error !== null && <ProblemPanel error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={isBusy}>
            Decide
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
