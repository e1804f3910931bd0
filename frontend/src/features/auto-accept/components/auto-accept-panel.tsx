import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, INPUT_CLASS } from "@/components/ui/field";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { AutoAcceptState } from "@/lib/client/types";
import { formatPercent, formatTime } from "@/lib/format";

import { DEFAULT_PERCENT, MAX_PERCENT, readBudget, stateSentence } from "../api/budget";
import { autoAcceptQuery, previewQuery, useApplyBudget, useRevertBudget } from "../api/queries";
import { BudgetPreview } from "./budget-preview";

function CurrentState({ jobId, state }: { jobId: string; state: AutoAcceptState }) {
  const revert = useRevertBudget(jobId);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <p role="status">
        {stateSentence(state)}
        {state.created_at !== null && (
          <span className="text-muted">
            {" "}
            {state.reviewer !== null && state.reviewer !== "" && `${state.reviewer}, `}
            {formatTime(state.created_at)}
          </span>
        )}
      </p>
      {state.source !== "none" && (
        <Button
          look="danger"
          disabled={revert.isPending}
          onClick={() => {
            revert.mutate(undefined);
          }}
        >
          {revert.isPending ? "Undoing …" : "Undo auto-accept"}
        </Button>
      )}
      {revert.error !== null && <ProblemPanel error={revert.error} />}
    </div>
  );
}

function BudgetForm({ jobId }: { jobId: string }) {
  const [percent, setPercent] = useState(String(DEFAULT_PERCENT));
  const typed = readBudget(percent);
  const [budget, setBudget] = useState(DEFAULT_PERCENT / 100);
  if (typed !== null && typed !== budget) setBudget(typed);
  const { data: preview, error, refetch } = useQuery(previewQuery(jobId, useDeferredValue(budget)));
  const apply = useApplyBudget(jobId);

  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Error budget (%)" className="w-32">
          {(ids) => (
            <input
              {...ids}
              type="number"
              inputMode="decimal"
              min={0.1}
              max={MAX_PERCENT}
              step={0.1}
              value={percent}
              aria-invalid={typed === null}
              className={INPUT_CLASS}
              onChange={(event) => {
                setPercent(event.target.value);
              }}
            />
          )}
        </Field>
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
            setPercent(event.target.value);
          }}
        />
        <Button
          look="primary"
          disabled={typed === null || apply.isPending || (preview?.num_samples ?? 0) === 0}
          onClick={() => {
            apply.mutate(budget);
          }}
        >
          {apply.isPending ? "Accepting …" : "Accept suggestions"}
        </Button>
      </div>
      {typed === null && (
        <p role="alert" className="text-sm text-bad">
          Enter an error budget above 0 % and up to {MAX_PERCENT} %.
        </p>
      )}
      {apply.error !== null && <ProblemPanel error={apply.error} />}
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {preview === undefined && error === null && <Loading label="Loading preview" />}
      {preview !== undefined && <BudgetPreview jobId={jobId} preview={preview} />}
    </div>
  );
}

/** Accepts suggestions within an error budget: preview, apply, undo. */
export function AutoAcceptPanel({ jobId }: { jobId: string }) {
  const { data: state, error, refetch } = useQuery(autoAcceptQuery(jobId));
  return (
    <Panel
      title="Auto-accept suggestions"
      aside={
        state !== undefined && (
          <Badge look={state.source === "none" ? "neutral" : "good"}>
            {state.source === "none" ? "Off" : "On"}
          </Badge>
        )
      }
    >
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {state === undefined && error === null && <Loading />}
      {state !== undefined && <CurrentState jobId={jobId} state={state} />}
      <hr className="my-4 border-line" />
      <BudgetForm jobId={jobId} />
    </Panel>
  );
}
