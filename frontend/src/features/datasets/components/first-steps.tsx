const STEPS = [
  ["Upload", "Name a dataset and drop an archive of labelled images. Your files stay unchanged."],
  [
    "Verify labels",
    "Verify a few labels per class: most are for training, some only for evaluation.",
  ],
  ["Run a job", "The job learns a soft label per image and ranks the labels that look wrong."],
  [
    "Review and export",
    "Decide on suspicious labels by keyboard and download the corrected labels.",
  ],
] as const;

/** First steps, shown while there are no datasets. */
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
