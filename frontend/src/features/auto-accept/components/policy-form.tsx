import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { INPUT_CLASS } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { AcceptanceKind, AutoAcceptState } from "@/lib/client/types";
import { formatPercent } from "@/lib/format";

import { DEFAULT_PERCENT, isNew, MAX_PERCENT, readBudget } from "../api/budget";
import { previewQuery, type useChoosePolicy } from "../api/queries";
import { BudgetPreview } from "./budget-preview";

const KINDS: readonly { kind: AcceptanceKind; name: string }[] = [
  { kind: "none", name: "No suggestion" },
  { kind: "sign_test", name: "All or none, as the sign test of each job says" },
  { kind: "budget", name: "The most certain ones, within an error budget" },
];

interface BudgetProps {
  percent: string;
  /** The typed budget as a share; null if it is not valid. */
  typed: number | null;
  budget: number;
  onChange: (percent: string) => void;
}

function BudgetFields({ percent, typed, budget, onChange }: BudgetProps) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <input
        type="number"
        aria-label="Error budget (%)"
        inputMode="decimal"
        min={0.1}
        max={MAX_PERCENT}
        step={0.1}
        value={percent}
        aria-invalid={typed === null}
        className={cx(INPUT_CLASS, "w-24!")}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      <span aria-hidden="true">%</span>
      <input
        type="range"
        aria-label="Error budget"
        aria-valuetext={formatPercent(budget)}
        className="h-8 w-48 accent-accent"
        min={0.5}
        max={20}
        step={0.5}
        value={budget * 100}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      {typed === null && (
        <p role="alert" className="text-sm text-bad">
          Enter an error budget above 0 % and up to {MAX_PERCENT} %.
        </p>
      )}
    </div>
  );
}

function Preview({ jobId, budget }: { jobId: string; budget: number }) {
  const { data: preview, error, refetch } = useQuery(previewQuery(jobId, useDeferredValue(budget)));
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (preview === undefined) return <Loading label="Loading preview" />;
  return (
    <section aria-label="Preview" className="space-y-3">
      <h3 className="text-sm font-semibold">
        Preview: what a budget of {formatPercent(budget)} would accept
      </h3>
      <BudgetPreview jobId={jobId} preview={preview} />
    </section>
  );
}

interface Props {
  jobId: string;
  state: AutoAcceptState;
  choose: ReturnType<typeof useChoosePolicy>;
}

/** The dataset's policy: choose, preview, apply. */
export function PolicyForm({ jobId, state, choose }: Props) {
  const { policy } = state;
  const [kind, setKind] = useState<AcceptanceKind>(policy?.kind ?? "sign_test");
  const [percent, setPercent] = useState(
    policy?.max_error == null
      ? String(DEFAULT_PERCENT)
      : String(Math.round(policy.max_error * 1000) / 10),
  );
  const typed = readBudget(percent);
  const [budget, setBudget] = useState(typed ?? DEFAULT_PERCENT / 100);
  if (typed !== null && typed !== budget) setBudget(typed);
  const isBudget = kind === "budget";
  const choice = { kind, max_error: isBudget ? budget : null };

  return (
    <div className="space-y-4">
      <fieldset className="space-y-1.5">
        <legend className="mb-1.5 text-sm font-semibold">
          Accept without review, in this and later jobs
        </legend>
        {KINDS.map(({ kind: known, name }) => (
          <label key={known} className="flex w-fit items-center gap-2 pointer-coarse:min-h-11">
            <input
              type="radio"
              name="policy"
              className="accent-accent"
              checked={kind === known}
              onChange={() => {
                setKind(known);
              }}
            />
            {name}
          </label>
        ))}
      </fieldset>
      {isBudget && (
        <BudgetFields percent={percent} typed={typed} budget={budget} onChange={setPercent} />
      )}
      <Button
        look="primary"
        disabled={(isBudget && typed === null) || choose.isPending || !isNew(state, choice)}
        onClick={() => {
          choose.mutate({ ...choice, seen: state.seen });
        }}
      >
        {choose.isPending ? "Applying …" : "Apply choice"}
      </Button>
      {isBudget && isNew(state, choice) && <Preview jobId={jobId} budget={budget} />}
    </div>
  );
}
