import type { Job } from "@/lib/client/types";
import { METHOD_NAMES } from "@/lib/methods";

function show(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Every setting that the job ran with. */
export function JobSettings({ config }: Pick<Job, "config">) {
  const { method, ...others } = config;
  const rows = Object.entries(others).filter(([, value]) => value !== null && value !== undefined);
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-6 gap-y-1.5 text-sm">
      <div className="flex justify-between gap-3">
        <dt className="text-muted">method</dt>
        <dd>{METHOD_NAMES[method]}</dd>
      </div>
      {rows.map(([name, value]) => (
        <div key={name} className="flex min-w-0 justify-between gap-3">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 truncate" title={show(value)}>
            {show(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
