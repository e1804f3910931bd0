import { INPUT_CLASS } from "@/components/ui/field";
import { ScrollBox } from "@/components/ui/scroll-box";
import { NUMBER, TABLE, TD, TH } from "@/components/ui/table";
import { type ClassChoices, exclude, rename } from "@/lib/class-choices";
import type { Preview } from "@/lib/client/types";
import { formatCount, formatPlural } from "@/lib/format";

// More rows would make the page slow; the service and the command line take choices for all classes.
const MAX_ROWS = 300;

interface Props {
  preview: Preview;
  choices: ClassChoices;
  onChange: (choices: ClassChoices) => void;
}

/** The classes with counts and examples, to rename, merge or leave out. */
export function PreviewClasses({ preview, choices, onChange }: Props) {
  const shown = preview.classes.slice(0, MAX_ROWS);
  return (
    <>
      <ScrollBox label="Classes" className="max-h-96 rounded-md border border-line px-3">
        <table className={TABLE}>
          <thead>
            <tr>
              <th className={TH}>Class</th>
              <th className={TH}>Images</th>
              <th className={TH}>Examples</th>
              <th className={TH}>Leave out</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ label, count, examples }) => (
              <tr key={label}>
                <td className={TD}>
                  <input
                    aria-label={`Name of class ${JSON.stringify(label)}`}
                    className={INPUT_CLASS}
                    value={choices.names.get(label) ?? label}
                    disabled={choices.excluded.has(label)}
                    onChange={(event) => {
                      onChange(rename(choices, label, event.target.value));
                    }}
                  />
                </td>
                <td className={`${TD} ${NUMBER}`}>{formatCount(count)}</td>
                <td className={`${TD} font-mono text-xs break-all`}>{examples.join(", ")}</td>
                <td className={TD}>
                  <input
                    type="checkbox"
                    aria-label={`Leave out class ${JSON.stringify(label)}`}
                    checked={choices.excluded.has(label)}
                    onChange={(event) => {
                      onChange(exclude(choices, label, event.target.checked));
                    }}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="mt-1 text-xs text-muted">
        Classes with the same name are merged.
        {preview.classes.length > MAX_ROWS &&
          ` ${formatPlural(preview.classes.length - MAX_ROWS, "more class", "more classes")} not shown.`}
      </p>
    </>
  );
}
