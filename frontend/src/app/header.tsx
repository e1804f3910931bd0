import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import { useReviewer } from "@/lib/reviewer";

import { sessionQuery, useSignOut } from "./session";
import { THEMES, useTheme } from "./theme";

const CONTROL =
  "h-7 rounded-md border border-line bg-raised px-2 text-sm text-ink hover:border-line-strong";
const NAV_LINK = "text-muted hover:text-ink [&.active]:text-ink";

function ReviewerField() {
  const { data: session } = useQuery(sessionQuery);
  const [reviewer, setReviewer] = useReviewer();
  if (session === undefined) return null;
  if (session.accounts) {
    const name = session.name;
    return name === null ? null : (
      <Link to="/account" className={`${NAV_LINK} text-sm`}>
        {name}
      </Link>
    );
  }
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      <span className="hidden sm:inline">Reviewer</span>
      <input
        aria-label="Reviewer name"
        placeholder="your name"
        autoComplete="off"
        maxLength={200}
        className={`${CONTROL} w-32`}
        value={reviewer}
        onChange={(event) => {
          setReviewer(event.target.value);
        }}
      />
    </label>
  );
}

function ThemeSwitch() {
  const [theme, setTheme] = useTheme();
  return (
    <select
      aria-label="Theme"
      className={CONTROL}
      value={theme}
      onChange={(event) => {
        setTheme(THEMES.find((known) => known === event.target.value) ?? "system");
      }}
    >
      <option value="system">System theme</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

function SignOut() {
  const { data: session } = useQuery(sessionQuery);
  const signOut = useSignOut();
  if (session?.required !== true || !session.authenticated) return null;
  return (
    <Button
      look="quiet"
      className="h-7"
      onClick={() => {
        signOut.mutate();
      }}
    >
      Sign out
    </Button>
  );
}

export function Header() {
  return (
    <header className="border-b border-line bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-x-6 gap-y-1 px-6 py-1">
        <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight">
          <img src="/favicon.svg" alt="" className="size-5" />
          MSLG
          <span className="font-normal text-muted">label cleaning</span>
        </Link>
        <nav aria-label="Main" className="flex gap-x-4 text-sm">
          <Link to="/" className={NAV_LINK}>
            Datasets
          </Link>
          {/* The service serves the documentation as static pages: the router does not know them. */}
          <a href="/help/" className={NAV_LINK}>
            Help
          </a>
        </nav>
        <div className="ml-auto flex items-center gap-3">
          <ReviewerField />
          <ThemeSwitch />
          <SignOut />
        </div>
      </div>
    </header>
  );
}
