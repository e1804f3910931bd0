import { useQuery } from "@tanstack/react-query";

import { PageHeader } from "@/components/ui/page-header";
import { PasswordPanel, SessionsPanel, TokensPanel, UsersPanel } from "@/features/account";

import { Page } from "../page";
import { accountQuery } from "../session";

/** The caller's password, API tokens and sessions; and all users, for administrators. */
export function AccountPage() {
  const { data: account } = useQuery(accountQuery);
  return (
    <Page>
      <PageHeader title="Account" back={{ label: "Datasets", to: "/" }} />
      <div className="space-y-5">
        {account?.is_admin === true && <UsersPanel />}
        <TokensPanel />
        <SessionsPanel />
        <PasswordPanel />
      </div>
    </Page>
  );
}
