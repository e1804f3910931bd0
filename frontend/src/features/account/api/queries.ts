import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import type { TokenCreate } from "@/lib/client/types";

export const tokensQuery = queryOptions({
  queryKey: ["account", "tokens"],
  queryFn: async ({ signal }) =>
    (await unwrap(api.GET("/api/v1/users/me/tokens", { signal }))).items,
});

export const sessionsQuery = queryOptions({
  queryKey: ["account", "sessions"],
  queryFn: async ({ signal }) =>
    (await unwrap(api.GET("/api/v1/users/me/sessions", { signal }))).items,
});

export function useCreateToken() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: TokenCreate) => unwrap(api.POST("/api/v1/users/me/tokens", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useRevokeToken() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token_id: string) =>
      unwrap(api.DELETE("/api/v1/users/me/tokens/{token_id}", { params: { path: { token_id } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

export function useEndSession() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (session_id: string) =>
      unwrap(
        api.DELETE("/api/v1/users/me/sessions/{session_id}", { params: { path: { session_id } } }),
      ),
    onSettled: () => queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
}
