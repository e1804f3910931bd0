import { Kbd } from "./kbd";

export type KeyRow = readonly [keys: readonly string[], meaning: string];

/** Keys and their meanings. Screen readers read a row's keys as one phrase. */
export function KeyList({ rows }: { rows: readonly KeyRow[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-1.5">
      {rows.map(([keys, meaning]) => (
        <div key={meaning} className="contents">
          <dt className="flex gap-1">
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
            <span className="sr-only">{keys.join(" or ")}</span>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
