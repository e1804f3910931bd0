import { SelectField } from "@/components/ui/field";
import { cx } from "@/components/ui/cx";
import type { QueueCounts, VerifiedClass } from "@/lib/client/types";
import { formatCount } from "@/lib/format";
import { QUEUE_TEXTS, VERIFY_QUEUES, type VerifyQueue } from "@/lib/queues";

interface Props {
  queue: VerifyQueue;
  label: string | undefined;
  queues: QueueCounts | undefined;
  classes: readonly VerifiedClass[];
  onChoose: (queue: VerifyQueue, label: string | undefined) => void;
}

/** Chooses a queue, and for the verify queue a given label. */
export function QueuePicker({ queue, label, queues, classes, onChoose }: Props) {
  return (
    <section aria-label="Queue" className="space-y-3">
      <div role="group" aria-label="Queues" className="space-y-1">
        {VERIFY_QUEUES.map((name) => (
          <button
            key={name}
            type="button"
            title={QUEUE_TEXTS[name].description}
            aria-pressed={queue === name}
            className={cx(
              "flex min-h-8 w-full items-center justify-between gap-2 rounded-md border px-3 text-left text-sm pointer-coarse:min-h-11",
              queue === name
                ? "border-accent bg-accent-soft font-medium text-accent"
                : "border-line bg-surface hover:border-ink",
            )}
            onClick={(event) => {
              // Return the keyboard to the image shortcuts.
              event.currentTarget.blur();
              onChoose(name, undefined);
            }}
          >
            {QUEUE_TEXTS[name].title}
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
          label="Given label"
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
