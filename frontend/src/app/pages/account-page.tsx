import { PageHeader } from "@/components/ui/page-header";
import { SessionsPanel, TokensPanel } from "@/features/account";

import { Page } from "../page";

/** The caller's API tokens and sessions. */
export function AccountPage() {
  return (
    <Page>
      <PageHeader title="Account" back={{ label: "Datasets", to: "/" }} />
      <div className="space-y-5">
        <TokensPanel />
        <SessionsPanel />
      </div>
    </Page>
  );
}
