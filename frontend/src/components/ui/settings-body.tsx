import type { ProblemSetting } from "@/lib/client/types";
import { formatPercent } from "@/lib/format";

const NAMES: Readonly<Record<string, string>> = {
  guidelines: "Guidelines",
  overlap: "Opinions per image",
  honeypot_rate: "Test images",
  value_range: "Range of values",
  policy: "Accepted without review",
  max_error: "Error budget",
};
const SHARES: readonly string[] = ["honeypot_rate", "max_error"];

function shown(name: string, value: ProblemSetting["yours"]): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number" && SHARES.includes(name)) return formatPercent(value);
  return String(value).replace("_", " ");
}

/** Settings that somebody changed while they were edited here, each with both values. */
export function SettingsBody({ settings }: { settings: readonly ProblemSetting[] }) {
  return (
    <>
      <p className="font-semibold text-bad">Somebody changed these settings meanwhile</p>
      <p className="mt-0.5">Nothing was saved. Compare both values and choose.</p>
      <dl className="mt-3 space-y-2 text-sm">
        {settings.map(({ name, yours, theirs }) => (
          <div key={name}>
            <dt className="font-medium">{NAMES[name] ?? name}</dt>
            <dd className="break-words whitespace-pre-wrap">Yours: {shown(name, yours)}</dd>
            <dd className="break-words whitespace-pre-wrap">Theirs: {shown(name, theirs)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
