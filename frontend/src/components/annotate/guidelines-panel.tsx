import { ScrollBox } from "@/components/ui/scroll-box";

/** The dataset's labelling guidelines. */
export function Guidelines({ text }: { text: string }) {
  if (text.trim() === "") {
    return <p className="text-sm text-muted">No guidelines yet. Add them on the dataset page.</p>;
  }
  return (
    <ScrollBox label="Guidelines text" className="max-h-48">
      <p className="text-sm break-words whitespace-pre-wrap">{text}</p>
    </ScrollBox>
  );
}
