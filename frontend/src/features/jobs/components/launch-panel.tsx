import { useNavigate } from "@tanstack/react-router";
import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { SelectField, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { VerifiedSet } from "@/lib/client/types";
import { formatPlural } from "@/lib/format";

import { EMPTY_FORM, METHODS, toRequest } from "../api/job-form";
import { useLaunchJob } from "../api/mutations";
import { AdvancedFields } from "./advanced-fields";

interface Props {
  datasetId: string;
  verifiedSet: VerifiedSet;
}

/** Launches a job; every setting has a default. */
export function LaunchPanel({ datasetId, verifiedSet }: Props) {
  const [form, setForm] = useState(EMPTY_FORM);
  const navigate = useNavigate();
  const launch = useLaunchJob();

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    launch.mutate(toRequest(datasetId, form), {
      onSuccess: (job) => {
        void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } });
      },
    });
  };

  return (
    <Panel title="Find wrong labels">
      <form onSubmit={onSubmit} className="space-y-3">
        <SelectField
          label="Method"
          value={form.method}
          options={METHODS}
          onChange={(value) => {
            const method = METHODS.find((known) => known.value === value)?.value;
            if (method !== undefined) setForm({ ...form, method });
          }}
        />
        {form.method === "auto" && (
          <TextField
            label="Time budget (minutes)"
            type="number"
            inputMode="decimal"
            step="any"
            min={0}
            placeholder="30"
            value={form.timeBudget}
            onChange={(event) => {
              setForm({ ...form, timeBudget: event.target.value });
            }}
          />
        )}
        <AdvancedFields form={form} onChange={setForm} />
        {launch.error !== null && <ProblemPanel error={launch.error} />}
        <Button
          type="submit"
          look="primary"
          className="h-9 w-full"
          disabled={!verifiedSet.ready || launch.isPending}
        >
          {launch.isPending ? "Launching …" : "Launch job"}
        </Button>
        {!verifiedSet.ready && (
          <p className="text-sm text-muted">
            Verify {formatPlural(verifiedSet.missing, "more label")} first. Every class needs a few
            verified labels.
          </p>
        )}
      </form>
    </Panel>
  );
}
