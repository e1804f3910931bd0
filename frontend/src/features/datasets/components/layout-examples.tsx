const FOLDERS = `signs.zip
├─ stop/
│  ├─ 0001.jpg
│  └─ 0002.jpg
└─ yield/
   └─ 0003.png`;

const METADATA = `signs.tar.gz
├─ metadata.csv
└─ images/
   ├─ 0001.jpg
   └─ 0002.jpg`;

const CSV = `file_name,label,id
images/0001.jpg,stop,cam3-17
images/0002.jpg,yield,cam3-18`;

function Example({ title, children }: { title: string; children: string }) {
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-medium">{title}</figcaption>
      <pre className="overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 font-mono text-xs leading-relaxed">
        {children}
      </pre>
    </figure>
  );
}

/** Accepted archive layouts. */
export function LayoutExamples() {
  return (
    <div className="space-y-4">
      <Example title="One folder per class">{FOLDERS}</Example>
      <Example title="Images and a table">{METADATA}</Example>
      <Example title="metadata.csv (also .jsonl or .parquet)">{CSV}</Example>
      <p className="text-sm text-muted">
        The <code className="font-mono">id</code> column is optional. File names and ids come back
        unchanged in every export.
      </p>
      <p className="text-sm text-muted">
        Tables may have other names, such as Kaggle&apos;s{" "}
        <code className="font-mono">train.csv</code>, and use commas, semicolons or tabs. A check
        shows what was understood before anything is stored.
      </p>
      <p className="text-sm text-muted">
        Clothing1M and Food-101N are read as published, including their verified labels.
      </p>
    </div>
  );
}
