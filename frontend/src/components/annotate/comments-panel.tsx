import { useQuery } from "@tanstack/react-query";
import { useId } from "react";

import { Button } from "@/components/ui/button";
import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { commentsQuery, useAddComment } from "@/lib/annotate/queries";
import { formatTime, reviewerName } from "@/lib/format";
import { useStoredString } from "@/lib/use-stored-string";

const MAX_LENGTH = 2000;

interface Props {
  sampleId: string;
  /** Called by Escape in an empty field. */
  onLeave?: () => void;
}

/** A draft is kept in the browser until it is sent. */
function CommentForm({ sampleId, onLeave }: Props) {
  const id = useId();
  const [text, setText] = useStoredString(`mslg.comment.${sampleId}`);
  const add = useAddComment(sampleId);

  const send = () => {
    if (text.trim() === "" || add.isPending) return;
    add.mutate(text.trim(), {
      onSuccess: () => {
        setText("");
      },
    });
  };

  return (
    <form
      className="space-y-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="sr-only">
        Comment on this image
      </label>
      <textarea
        id={id}
        rows={2}
        maxLength={MAX_LENGTH}
        placeholder="Add a note for other reviewers"
        className="w-full resize-y rounded-md border border-line-strong bg-surface px-2 py-1 text-sm"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape" && text.trim() === "") onLeave?.();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs text-muted">Esc: back to shortcuts</span>
        <Button
          type="submit"
          className="pointer-coarse:min-h-11"
          disabled={text.trim() === "" || add.isPending}
        >
          {add.isPending ? "Adding …" : "Add"}
        </Button>
      </div>
      {add.error !== null && <ProblemPanel error={add.error} />}
    </form>
  );
}

/** Comments on an image, with a form to add one. */
export function Comments({ sampleId, onLeave }: Props) {
  const { data, error, refetch } = useQuery(commentsQuery(sampleId));
  return (
    <div data-typing className="space-y-2">
      {error !== null && <ProblemPanel error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Loading lines={2} label="Loading comments" />}
      {data?.items.length === 0 && <p className="text-sm text-muted">No comments yet.</p>}
      {data !== undefined && data.items.length > 0 && (
        <ul className="max-h-40 space-y-2 overflow-y-auto text-sm">
          {data.items.map(({ id, reviewer, text, created_at }) => (
            <li key={id}>
              <p className="text-xs text-muted">
                {reviewerName(reviewer)} · {formatTime(created_at)}
              </p>
              <p className="break-words whitespace-pre-wrap">{text}</p>
            </li>
          ))}
        </ul>
      )}
      <CommentForm key={sampleId} sampleId={sampleId} onLeave={onLeave} />
    </div>
  );
}
