import { Button } from "@/components/ui/button";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { useProvider } from "./session";

/** Leads to the identity provider. `link` is the secret of an invitation, which it accepts. */
export function ProviderButton({ link }: { link: string | null }) {
  const provider = useProvider();
  return (
    <div className="mt-4 space-y-3 border-t border-line pt-4">
      {provider.error !== null && <ProblemPanel error={provider.error} />}
      <Button
        disabled={provider.isPending}
        onClick={() => {
          provider.mutate(link);
        }}
      >
        Sign in with your organisation
      </Button>
    </div>
  );
}
