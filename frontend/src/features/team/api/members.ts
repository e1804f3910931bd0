import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { Member, MemberCreate, MemberRole } from "@/lib/client/types";
import type { Option } from "@/lib/options";

const NAMES: Record<MemberRole, string> = {
  manager: "Manager",
  annotator: "Annotator",
  read_only: "Read only",
};

const ROLES: readonly MemberRole[] = ["manager", "annotator", "read_only"];

export const ROLE_OPTIONS: readonly Option[] = ROLES.map((role) => ({
  value: role,
  label: NAMES[role],
}));

export function readRole(value: string): MemberRole {
  return ROLES.find((role) => role === value) ?? "annotator";
}

export const roleName = (role: MemberRole): string => NAMES[role];

export const membersQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ["datasets", datasetId, "members"],
    queryFn: async ({ signal }) =>
      (
        await unwrap(
          api.GET("/api/v1/datasets/{dataset_id}/members", {
            params: { path: { dataset_id: datasetId } },
            signal,
          }),
        )
      ).items,
  });

function useMemberMutation<Wanted>(
  datasetId: string,
  change: (wanted: Wanted) => Promise<unknown>,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Also after an error: somebody else may have changed the members.
    onSettled: () => queryClient.invalidateQueries({ queryKey: membersQuery(datasetId).queryKey }),
  });
}

export function useAddMember(datasetId: string) {
  return useMemberMutation(datasetId, (body: MemberCreate) =>
    unwrap(
      api.POST("/api/v1/datasets/{dataset_id}/members", {
        params: { path: { dataset_id: datasetId } },
        body,
      }),
    ),
  );
}

/** Changes are shown at once and sent one after another: the next one builds on them. */
export function useChangeMember(datasetId: string) {
  const queryClient = useQueryClient();
  const { queryKey } = membersQuery(datasetId);
  return useMutation({
    mutationFn: ({ user_id, role, may_adjudicate }: Member) =>
      unwrap(
        api.PUT("/api/v1/datasets/{dataset_id}/members/{user_id}", {
          params: { path: { dataset_id: datasetId, user_id } },
          body: { role, may_adjudicate },
        }),
      ),
    scope: { id: `members of ${datasetId}` },
    onMutate: async (changed) => {
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData(queryKey, (members) =>
        members?.map((member) => (member.user_id === changed.user_id ? changed : member)),
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}

export function useRemoveMember(datasetId: string) {
  return useMemberMutation(datasetId, ({ user_id }: Member) =>
    unwrap(
      api.DELETE("/api/v1/datasets/{dataset_id}/members/{user_id}", {
        params: { path: { dataset_id: datasetId, user_id } },
      }),
    ),
  );
}
