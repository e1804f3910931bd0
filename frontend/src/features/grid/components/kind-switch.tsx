import { useQuery } from "@tanstack/react-query";

import { cx } from "@/components/ui/cx";
import type { IssueKind } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import {
  countOf,
  ISSUE_NAMES,
  ISSUE_PAGE_NAMES,
  ISSUE_PAGES,
  issueCountsQuery,
  type IssuePageName,
} from "@/lib/issues";

interface Props {
  jobId: string;
  page: IssuePageName;
  kind: IssueKind;
  onKind: (kind: IssueKind) => void;
}

/** The kinds of issue of a page, each with its number of images. */
export function KindSwitch({ jobId, page, kind, onKind }: Props) {
  const { data: counts } = useQuery(issueCountsQuery(jobId));
  return (
    <div
      role="group"
      aria-label={ISSUE_PAGE_NAMES[page]}
      className="flex flex-wrap items-center gap-1"
    >
      {ISSUE_PAGES[page].map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={kind === name}
          className={cx(
            "inline-flex min-h-8 items-center gap-1.5 rounded-md border px-2.5 text-sm whitespace-nowrap pointer-coarse:min-h-11",
            kind === name
              ? "border-accent bg-accent-soft font-medium text-accent"
              : "border-line-strong bg-surface hover:border-ink",
          )}
          onClick={() => {
            onKind(name);
          }}
        >
          {ISSUE_NAMES[name]}{" "}
          <span className={cx("font-normal", kind !== name && "text-muted")}>
            {formatCount(countOf(counts, name))}
          </span>
        </button>
      ))}
    </div>
  );
}
