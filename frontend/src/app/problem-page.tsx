import { PageHeader } from "@/components/ui/page-header";
import { ProblemPanel } from "@/components/ui/problem-panel";

import { Page } from "./page";

interface Props {
  error: unknown;
  onRetry: () => void;
}

/** Instead of a page that could not be loaded. */
export function ProblemPage({ error, onRetry }: Props) {
  return (
    <Page>
      <PageHeader title="This page could not be shown" back={{ label: "Datasets", to: "/" }} />
      <ProblemPanel error={error} onRetry={onRetry} />
    </Page>
  );
}
