import { type Query, QueryClientContext } from "@tanstack/react-query";
import { useContext, useEffect } from "react";

/** Counts are refreshed when the reviewer pauses for this long. */
const PAUSE_MS = 1500;

/** A list must not change while a reviewer works through it, and neither must the counts that it adds to. */
const FIXED = ["columns", "initial-summary"];

function isCount({ queryKey: [root, , name] }: Query): boolean {
  return (root === "jobs" || root === "datasets") && !FIXED.includes(String(name));
}

/** Refreshes counts and progress once decisions are saved: at a pause, and on leaving the page. */
export function useFreshCounts(saved: number): void {
  const client = useContext(QueryClientContext);
  useEffect(() => {
    if (saved === 0 || client === undefined) return;
    const refresh = () => void client.invalidateQueries({ predicate: isCount });
    const timer = setTimeout(refresh, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      // Only marks them: nothing is fetched before it is shown.
      void client.invalidateQueries({ predicate: isCount, refetchType: "none" });
    };
  }, [client, saved]);
}
