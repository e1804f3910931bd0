import { PageHeader } from "@/components/ui/page-header";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { Page } from "./page";

interface Props {
  error: unknown;
  onRetry: () => void;
}

/** Shown in place of a page that failed to load. */
export function ProblemPage({ error, onRetry }: Props) {
  return (
    <Page>
      <PageHeader title="This page failed to load" back={{ label: "Datasets", to: "/" }} />
      <ProblemPanel error={error} onRetry={onRetry} />
    </Page>
  );
}
