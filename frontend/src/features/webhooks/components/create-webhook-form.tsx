import { type SubmitEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { ProblemPanel } from "@/components/ui/problem-panel";
import type { EventType } from "@/lib/client/types";

import { eventName, EVENTS } from "../api/events";
import { useCreateWebhook } from "../api/queries";

interface ChoiceProps {
  chosen: readonly EventType[];
  onChange: (chosen: EventType[]) => void;
}

function EventChoice({ chosen, onChange }: ChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">Events</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-x-4 gap-y-1">
        {EVENTS.map((event) => (
          <label key={event} className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={chosen.includes(event)}
              onChange={({ target }) => {
                onChange(
                  EVENTS.filter((one) => (one === event ? target.checked : chosen.includes(one))),
                );
              }}
            />
            {eventName(event)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Creates a webhook and shows its secret once. */
export function CreateWebhookForm({ datasetId }: { datasetId: string }) {
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<EventType[]>(["job.succeeded", "job.failed"]);
  const creating = useCreateWebhook(datasetId);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    creating.mutate(
      { url, events },
      {
        onSuccess: () => {
          setUrl("");
        },
      },
    );
  };
  return (
    <form onSubmit={onSubmit} aria-label="Add a webhook" className="mt-4 space-y-3">
      <TextField
        label="Address"
        type="url"
        autoComplete="off"
        placeholder="https://…"
        required
        maxLength={2000}
        className="max-w-xl"
        value={url}
        onChange={(event) => {
          setUrl(event.target.value);
        }}
      />
      <EventChoice chosen={events} onChange={setEvents} />
      <Button
        type="submit"
        disabled={url.trim() === "" || events.length === 0 || creating.isPending}
      >
        Add
      </Button>
      {creating.error !== null && <ProblemPanel error={creating.error} />}
      <div role="status">
        {creating.data !== undefined && (
          <p className="rounded-md bg-accent-soft px-3 py-2 text-sm">
            This secret signs the deliveries. Copy it now, it is not shown again:{" "}
            <code className="font-mono break-all select-all">{creating.data.secret}</code>
          </p>
        )}
      </div>
    </form>
  );
}
