import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/client/client";
import { useReviewer } from "@/lib/reviewer";

export type Credentials = { token: string } | { name: string; password: string };

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/session", { signal })),
  staleTime: Infinity,
});

/** The account that is signed in, with its roles. Only a service with accounts has one. */
export const accountQuery = queryOptions({
  queryKey: ["account"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/users/me", { signal })),
});

export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      unwrap(api.POST("/api/v1/session", { body: credentials })),
    // Retry every query that was refused before sign-in.
    onSuccess: () => queryClient.invalidateQueries(),
  });
}

/** Goes to the identity provider's page. `link` is the secret of an invitation. */
export function useProvider() {
  return useMutation({
    mutationFn: (link: string | null) =>
      unwrap(api.POST("/api/v1/session/oidc/login", { body: { link } })),
    onSuccess: ({ url }) => {
      window.location.assign(url);
    },
  });
}

export function useSignOut() {
  const queryClient = useQueryClient();
  const [, setReviewer] = useReviewer();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      // The name of an account leaves with it; a name that was typed here stays.
      if (typeof queryClient.getQueryData(sessionQuery.queryKey)?.name === "string")
        setReviewer("");
      queryClient.clear();
      return queryClient.invalidateQueries();
    },
  });
}
