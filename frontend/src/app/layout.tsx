import { useQuery } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";

import { Loading } from "@/components/ui/loading";
import { ProblemPanel } from "@/components/ui/problem-panel";
import { UploadTray } from "@/features/uploads";
import { useTypingEnd } from "@/lib/annotate/command-keys";
import { useReviewer } from "@/lib/reviewer";

import { Header } from "./header";
import { sessionQuery } from "./session";
import { SignInPage } from "./sign-in-page";

/** Pages that people see before they sign in. */
const OPEN_PAGES = ["/set-password"];

/** With an account, its name is the reviewer; returns whether that has been stored. */
function useAccountName(name: string | null | undefined): boolean {
  const [reviewer, setReviewer] = useReviewer();
  useEffect(() => {
    if (typeof name === "string" && name !== reviewer) setReviewer(name);
  });
  return typeof name !== "string" || name === reviewer;
}

function useIsSignedIn(): boolean {
  const { data: session } = useQuery(sessionQuery);
  return session !== undefined && (!session.required || session.authenticated);
}

function Content() {
  const { data: session, error, refetch } = useQuery(sessionQuery);
  const { pathname } = useLocation();
  const isNamed = useAccountName(session?.name);
  if (OPEN_PAGES.includes(pathname)) return <Outlet />;
  if (error !== null) {
    return (
      <div className="mx-auto w-full max-w-2xl p-6">
        <ProblemPanel error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (session === undefined || !isNamed) {
    return (
      <div className="p-6">
        <Loading />
      </div>
    );
  }
  return session.required && !session.authenticated ? <SignInPage /> : <Outlet />;
}

/** The frame of every page. Shows the sign-in page first if the service requires it. */
export function Layout() {
  useTypingEnd();
  const isSignedIn = useIsSignedIn();
  return (
    <div className="flex min-h-screen flex-col">
      <a
        href="#main"
        className="absolute left-2 z-50 -translate-y-16 rounded-md bg-accent px-3 py-1 text-on-accent focus:translate-y-2"
      >
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1} className="flex grow flex-col outline-none">
        <Content />
      </main>
      {isSignedIn && <UploadTray />}
    </div>
  );
}
