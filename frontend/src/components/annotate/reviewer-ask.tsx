import { useState } from "react";

import { Button } from "@/components/ui/button";
import { INPUT_CLASS } from "@/components/ui/field";
import { useReviewer } from "@/lib/reviewer";

/** Asks for a name where several people work. Going on without one stays possible. */
export function ReviewerAsk() {
  const [reviewer, setReviewer] = useReviewer();
  const [name, setName] = useState("");
  const [isDismissed, setDismissed] = useState(false);
  if (reviewer.trim() !== "" || isDismissed) return null;
  return (
    <form
      aria-label="Your name"
      className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-accent-soft px-4 py-2 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        setReviewer(name.trim());
      }}
    >
      <p className="flex-1 basis-72">
        <strong>Several people work on this dataset.</strong> Whoever has no name is served the same
        images as everybody else without one.
      </p>
      <input
        aria-label="Your name"
        placeholder="your name"
        autoComplete="off"
        maxLength={200}
        className={`${INPUT_CLASS} w-40! pointer-coarse:min-h-11`}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
      />
      <Button
        type="submit"
        look="primary"
        className="pointer-coarse:min-h-11"
        disabled={name.trim() === ""}
      >
        Use this name
      </Button>
      <Button
        look="quiet"
        className="pointer-coarse:min-h-11"
        onClick={() => {
          setDismissed(true);
        }}
      >
        Go on without
      </Button>
    </form>
  );
}
