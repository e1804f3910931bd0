import { Link } from "@tanstack/react-router";

import { TAB } from "./tab";

const PAGES = [
  { to: "/datasets/$datasetId", name: "Overview" },
  { to: "/datasets/$datasetId/images", name: "Images" },
  { to: "/datasets/$datasetId/team", name: "Team" },
  { to: "/datasets/$datasetId/activity", name: "Activity" },
  { to: "/datasets/$datasetId/versions", name: "Versions" },
] as const;

/** The pages of one dataset. */
export function DatasetTabs({ datasetId }: { datasetId: string }) {
  return (
    <nav aria-label="Pages of this dataset" className="flex items-center gap-1">
      {PAGES.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          params={{ datasetId }}
          className={TAB}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
