import { type Problem, type ProblemItem, toProblem } from "@/lib/problem";

import { Button } from "./button";
import { SettingsBody } from "./settings-body";

interface Props {
  error: unknown;
  onRetry?: (() => void) | undefined;
}

function place({ line, name }: ProblemItem): string {
  const parts = [
    line === null || line === undefined ? null : `Line ${line}`,
    name === undefined || name === "" ? null : name,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

export function ProblemList({ errors }: { errors: readonly ProblemItem[] }) {
  return (
    <ul className="mt-3 max-h-64 divide-y divide-line overflow-y-auto rounded-md border border-line bg-surface text-sm">
      {errors.map((item, position) => (
        <li key={position} className="flex flex-wrap gap-x-3 px-3 py-1.5">
          {place(item) !== "" && <span className="font-mono text-muted">{place(item)}</span>}
          <span className="min-w-0 break-words">{item.message}</span>
        </li>
      ))}
    </ul>
  );
}

function Body({ problem }: { problem: Problem }) {
  if (problem.settings !== undefined) return <SettingsBody settings={problem.settings} />;
  return (
    <>
      <p className="font-semibold text-bad">{problem.title}</p>
      {problem.detail !== "" && <p className="mt-0.5 break-words">{problem.detail}</p>}
      {problem.errors.length > 0 && <ProblemList errors={problem.errors} />}
    </>
  );
}

/** A problem as the service reported it, with its list of errors. */
export function ProblemPanel({ error, onRetry }: Props) {
  return (
    <div role="alert" className="rounded-lg border border-bad/40 bg-bad-soft px-4 py-3">
      <Body problem={toProblem(error)} />
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
