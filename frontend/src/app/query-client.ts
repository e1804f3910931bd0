import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { isTemporary, toProblem } from "@/lib/problem";

import { sessionQuery } from "./session";

const MAX_RETRIES = 2;

/** Cache of all server state. A 401 from any request brings back the sign-in page. */
export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (toProblem(error).status === 401) {
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 2000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < MAX_RETRIES && isTemporary(toProblem(error)),
      },
    },
  });
  return client;
}
