import { SelectField } from "@/components/ui/field";
import { cx } from "@/components/ui/cx";
import type { QueueCounts, VerifiedClass } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import type { VerifyQueue } from "@/lib/review-search";

interface Props {
  queue: VerifyQueue;
  label: string | undefined;
  queues: QueueCounts | undefined;
  classes: readonly VerifiedClass[];
  onChoose: (queue: VerifyQueue, label: string | undefined) => void;
}

const QUEUES: readonly { name: VerifyQueue; title: string; hint: string }[] = [
  { name: "verify", title: "Verify next", hint: "Classes that lack labels first" },
  { name: "tie_break", title: "Tie-break", hint: "Reviewers disagree on these" },
  { name: "second_look", title: "Second look", hint: "A run contradicts what is verified" },
];

/** Which of the dataset's queues to work through, and for the first of them which class. */
export function QueuePicker({ queue, label, queues, classes, onChoose }: Props) {
  return (
    <section aria-label="Queue" className="space-y-3">
      <div role="group" aria-label="Queues" className="space-y-1">
        {QUEUES.map(({ name, title, hint }) => (
          <button
            key={name}
            type="button"
            title={hint}
            aria-pressed={queue === name}
            className={cx(
              "flex min-h-8 w-full items-center justify-between gap-2 rounded-md border px-3 text-left text-sm pointer-coarse:min-h-11",
              queue === name
                ? "border-accent bg-accent-soft font-medium text-accent"
                : "border-line bg-surface hover:border-ink",
            )}
            onClick={(event) => {
              // The keys are for the images again.
              event.currentTarget.blur();
              onChoose(name, undefined);
            }}
          >
            {title}
            {queues !== undefined && (
              <span className={queue === name ? "" : "text-muted"}>
                {formatCount(queues[name])}
                <span className="sr-only"> waiting</span>
              </span>
            )}
          </button>
        ))}
      </div>
      {queue === "verify" && (
        <SelectField
          label="Images given as"
          value={label ?? ""}
          options={[
            { value: "", label: "All classes" },
            ...classes.map(({ label: name, needed }) => ({
              value: name,
              label: needed > 0 ? `${name} (${needed} more needed)` : name,
            })),
          ]}
          onChange={(value) => {
            onChoose("verify", value === "" ? undefined : value);
          }}
        />
      )}
    </section>
  );
}
