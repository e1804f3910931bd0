import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/components/ui/button";
import { PageHeader } from "@/components/ui/page-header";

import { Page } from "../page";

export function NotFoundPage() {
  return (
    <Page>
      <PageHeader title="There is nothing at this address" />
      <Link to="/" className={buttonClass("primary")}>
        To the datasets
      </Link>
    </Page>
  );
}
