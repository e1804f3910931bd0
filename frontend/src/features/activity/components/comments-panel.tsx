import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Loading } from "@/components/ui/loading";
import { Panel } from "@/components/ui/panel";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { LINK } from "@/components/ui/table";
import { formatTime, reviewerName } from "@/lib/format";

import { commentsQuery, sampleCommentsQuery } from "../api/queries";

/** Comments on the one image that the page is filtered to. */
export function SampleCommentsPanel({ sampleId }: { sampleId: string }) {
  const { data, error, refetch } = useQuery(sampleCommentsQuery(sampleId));
  return (
    <Panel title="Comments on this image">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data?.items.length === 0 && <p className="text-muted">No comments on this image.</p>}
      <ul className="divide-y divide-line">
        {data?.items.map(({ id, reviewer, text, created_at }) => (
          <li key={id} className="py-2 first:pt-0 last:pb-0">
            <p className="break-words whitespace-pre-wrap">{text}</p>
            <p className="mt-0.5 text-xs text-muted">
              {reviewerName(reviewer)} · {formatTime(created_at)}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Comments on the dataset's images, newest first. */
export function CommentsPanel({ datasetId }: { datasetId: string }) {
  const query = useInfiniteQuery(commentsQuery(datasetId));
  const comments = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Panel title="Comments">
      {query.isPending && <Loading />}
      {query.error !== null && (
        <ProblemPanel error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && comments.length === 0 && (
        <p className="text-muted">
          No comments yet. Reviewers can comment on an image during review.
        </p>
      )}
      <ul className="divide-y divide-line">
        {comments.map(({ id, reviewer, text, created_at, sample_id, file_name }) => (
          <li key={id} className="py-2 first:pt-0 last:pb-0">
            <p className="break-words whitespace-pre-wrap">{text}</p>
            <p className="mt-0.5 text-xs text-muted">
              {reviewerName(reviewer)} · {formatTime(created_at)} ·{" "}
              <Link
                to="/images/$sampleId"
                params={{ sampleId: sample_id }}
                className={cx(LINK, "font-mono break-all")}
              >
                {file_name}
              </Link>
            </p>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" onClick={() => void query.fetchNextPage()}>
          Show older comments
        </Button>
      )}
    </Panel>
  );
}
