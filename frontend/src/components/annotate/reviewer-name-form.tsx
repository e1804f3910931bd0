import { useState } from "react";

import { Button } from "@/components/ui/button";
import { INPUT_CLASS } from "@/components/ui/field";
import { useReviewer } from "@/lib/reviewer";

/** Asks for a name on shared datasets. The name is optional. */
export function ReviewerNameForm() {
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
        <strong>Several people review this dataset.</strong> Reviewers without a name share one
        queue and may get the same images.
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
        Continue without a name
      </Button>
    </form>
  );
}
