import { useQuery } from "@tanstack/react-query";

import { RankingLink } from "@/components/charts/ranking-link";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { Stat } from "@/components/ui/stat";
import { LINK } from "@/components/ui/table";
import type { AutoAcceptState } from "@/lib/client/types";
import { formatCount, formatInterval, formatPercent, formatTime } from "@/lib/format";

import { policyName, policySentence } from "../api/budget";
import { autoAcceptQuery, useChoosePolicy, useUndoPolicy } from "../api/queries";
import { PolicyForm } from "./policy-form";

/** What is accepted now, and how many errors it contains. */
function Headline({ jobId, state }: { jobId: string; state: AutoAcceptState }) {
  const { num_samples, expected_error, observed_error } = state;
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-3">
      <Stat
        label="Labels changed by the model"
        note={
          num_samples > 0 && (
            <RankingLink jobId={jobId} search={{ changed_by_model: true }} className={LINK}>
              Show them
            </RankingLink>
          )
        }
      >
        {formatCount(num_samples)}
      </Stat>
      <Stat label="Expected errors">
        {expected_error === null ? "–" : formatPercent(expected_error)}
      </Stat>
      <Stat label="Errors observed on the hold-out">
        {observed_error === null
          ? num_samples > 0
            ? "not measured"
            : "–"
          : formatInterval(observed_error)}
      </Stat>
    </dl>
  );
}

function Choice({ jobId, state }: { jobId: string; state: AutoAcceptState }) {
  const undo = useUndoPolicy(jobId);
  const { policy, before } = state;
  const previous = before === null ? "the sign test of each job" : policyName(before);
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
      <p role="status">
        {policySentence(state)}
        {policy !== null && (
          <span className="text-muted">
            {" "}
            Chosen{policy.reviewer !== "" && ` by ${policy.reviewer}`},{" "}
            {formatTime(policy.created_at)}.
          </span>
        )}
      </p>
      {policy !== null && (
        <Button
          title={`Back to: ${previous}`}
          disabled={undo.isPending}
          onClick={() => {
            undo.mutate(state.seen);
          }}
        >
          {undo.isPending ? "Undoing …" : "Undo choice"}
        </Button>
      )}
      {undo.error !== null && <ProblemPanel error={undo.error} />}
    </div>
  );
}

/** Which suggestions are accepted without review: how good they are, who chose it, and another choice. */
export function AutoAcceptPanel({ jobId }: { jobId: string }) {
  const { data: state, error, refetch } = useQuery(autoAcceptQuery(jobId));
  const choose = useChoosePolicy(jobId);
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
      {state !== undefined && (
        <>
          <Headline jobId={jobId} state={state} />
          <Choice jobId={jobId} state={state} />
          <hr className="my-4 border-line" />
          {/* An undo resets the form to what holds again. */}
          <PolicyForm
            key={state.policy?.created_at ?? ""}
            jobId={jobId}
            state={state}
            choose={choose}
          />
          {choose.error !== null && <ProblemPanel error={choose.error} />}
        </>
      )}
    </Panel>
  );
}
