import { ScrollBox } from "@/components/ui/scroll-box";

/** How this dataset is to be labelled, as its people wrote it down. */
export function Guidelines({ text }: { text: string }) {
  if (text.trim() === "") {
    return (
      <p className="text-sm text-muted">
        None written yet. The dataset’s page has a field for them.
      </p>
    );
  }
  return (
    <ScrollBox label="Text of the guidelines" className="max-h-48">
      <p className="text-sm break-words whitespace-pre-wrap">{text}</p>
    </ScrollBox>
  );
}
