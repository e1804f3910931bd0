const STEPS = [
  ["Upload", "Name a dataset and drop an archive of labelled images. Nothing in it is changed."],
  ["Verify a few", "Three labels per class that you are sure of: most teach, some only measure."],
  ["Run a job", "It learns a soft label for every image and ranks the labels that look wrong."],
  ["Review and export", "Settle the suspects by keyboard and download the corrected labels."],
] as const;

/** What to do first, on a service that has no dataset yet. */
export function FirstSteps() {
  return (
    <ol className="mb-5 grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
      {STEPS.map(([title, text], position) => (
        <li key={title} className="border-t-2 border-line pt-2 first:border-accent">
          <p className="font-semibold">
            <span className="text-muted">{position + 1}</span> {title}
          </p>
          <p className="mt-0.5 text-sm text-muted">{text}</p>
        </li>
      ))}
    </ol>
  );
}
