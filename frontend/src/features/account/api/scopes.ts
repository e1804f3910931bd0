import type { Token } from "@/lib/client/types";
import type { Option } from "@/lib/options";

type Scope = Token["scope"];

const NAMES: Record<Scope, string> = {
  read: "Read",
  review: "Review",
  write: "Write",
  admin: "Admin",
};

const SCOPES: readonly Scope[] = ["read", "review", "write", "admin"];

export const SCOPE_OPTIONS: readonly Option[] = SCOPES.map((scope) => ({
  value: scope,
  label: NAMES[scope],
}));

export function readScope(value: string): Scope {
  return SCOPES.find((scope) => scope === value) ?? "read";
}

export const scopeName = (scope: Scope): string => NAMES[scope];
