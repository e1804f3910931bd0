import { Link } from "@tanstack/react-router";
import type { CSSProperties, ReactNode } from "react";

import type { ReviewSearch } from "@/lib/review-search";
import { useStoredString } from "@/lib/use-stored-string";

const VIEWS = { review: "/jobs/$jobId/review", grid: "/jobs/$jobId/grid" } as const;
type View = keyof typeof VIEWS;

/** The view that charts open, stored per browser. */
function useRankingView(): [View, (view: View) => void] {
  const [stored, setStored] = useStoredString("mslg.ranking-view");
  return [stored === "grid" ? "grid" : "review", setStored];
}

interface Props {
  jobId: string;
  search: ReviewSearch;
  className?: string;
  style?: CSSProperties | undefined;
  tabIndex?: number | undefined;
  "aria-label"?: string;
  children: ReactNode;
}

/** Link from a bar, cell or figure to its images. */
export function RankingLink({ jobId, ...props }: Props) {
  const [view] = useRankingView();
  return <Link to={VIEWS[view]} params={{ jobId }} {...props} />;
}

/** Chooses the view that charts open. */
export function RankingViewSwitch() {
  const [view, setView] = useRankingView();
  return (
    <label className="flex items-center gap-2 text-sm text-muted">
      Charts open
      <select
        className="h-7 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink"
        value={view}
        onChange={(event) => {
          setView(event.target.value === "grid" ? "grid" : "review");
        }}
      >
        <option value="review">review</option>
        <option value="grid">grid</option>
      </select>
    </label>
  );
}
