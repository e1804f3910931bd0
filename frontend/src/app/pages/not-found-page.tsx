import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";

import { Page } from "../page";

export function NotFoundPage() {
  return (
    <Page>
      <PageHeader title="Page not found" />
      <Link to="/" className={buttonClass("primary")}>
        Go to datasets
      </Link>
    </Page>
  );
}
