/** Classes that reviewers propose. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { ClassProposal, ProposalDecision } from "@/lib/client/types";
import { currentReviewer } from "@/lib/reviewer";

const SHOWN = 50;

export interface WantedProposals {
  status?: ClassProposal["status"];
  reviewer?: string;
  sample_id?: string;
  limit?: number;
}

const proposalsKey = (datasetId: string) => ["datasets", datasetId, "class-proposals"];

/** Proposals of the dataset, newest first. */
export const proposalsQuery = (datasetId: string, wanted: WantedProposals = {}) =>
  queryOptions({
    queryKey: [...proposalsKey(datasetId), wanted],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/class-proposals", {
            params: { path: { dataset_id: datasetId }, query: { limit: SHOWN, ...wanted } },
            signal,
          }),
        )
      ).items,
  });

interface Proposed {
  sampleId: string;
  name: string;
  description: string;
}

export function useProposeClass(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ sampleId, name, description }: Proposed) =>
      unwrap(
        api.POST("/api/v1/samples/{sample_id}/class-proposals", {
          params: { path: { sample_id: sampleId } },
          body: { name, description, reviewer: currentReviewer() },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: proposalsKey(datasetId) }),
  });
}

export function useWithdrawProposal(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/class-proposals/{proposal_id}/withdrawal", {
          params: { path: { dataset_id: datasetId, proposal_id: id } },
          body: { reviewer: currentReviewer() },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: proposalsKey(datasetId) }),
  });
}

export function useDecideProposal(datasetId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...decision }: ProposalDecision & { id: string }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/class-proposals/{proposal_id}/decision", {
          params: { path: { dataset_id: datasetId, proposal_id: id } },
          body: { ...decision, reviewer: currentReviewer() },
        }),
      ),
    // Classes, changes and queues depend on it.
    onSuccess: () => client.invalidateQueries({ queryKey: ["datasets"] }),
  });
}

/** What became of a proposal, in words. Pure. */
export function outcomeText({ status, name, label, reason }: ClassProposal): string {
  const told = reason === "" ? "" : ` ${reason}`;
  switch (status) {
    case "pending":
      return "Waits for a manager.";
    case "accepted":
      return label === name ? `Accepted.${told}` : `Accepted as “${label ?? ""}”.${told}`;
    case "mapped":
      return `Use “${label ?? ""}” instead.${told}`;
    case "rejected":
      return `Rejected:${told}`;
    case "withdrawn":
      return "Withdrawn.";
  }
}
