/** The pages of a job's images: review, grids, duplicates, map. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { readMapSearch } from "@/lib/map/search";
import { readDuplicatesSearch, readReviewSearch, readSelectionSearch } from "@/lib/review-search";

import { root } from "./root-route";

const ReviewPage = lazyRouteComponent(() => import("./pages/review-page"), "ReviewPage");
const GridPage = lazyRouteComponent(() => import("./pages/grid-page"), "GridPage");
const IssuesPage = lazyRouteComponent(() => import("./pages/issues-page"), "IssuesPage");
const SelectionPage = lazyRouteComponent(() => import("./pages/selection-page"), "SelectionPage");
const DuplicatesPage = lazyRouteComponent(
  () => import("./pages/duplicates-page"),
  "DuplicatesPage",
);
const MapPage = lazyRouteComponent(() => import("./pages/map-page"), "MapPage");

const review = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/review",
  validateSearch: readReviewSearch,
  component: function ReviewRoute() {
    const navigate = review.useNavigate();
    return (
      <ReviewPage
        {...review.useParams()}
        filters={review.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

const grid = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/grid",
  validateSearch: readReviewSearch,
  component: function GridRoute() {
    const navigate = grid.useNavigate();
    return (
      <GridPage
        {...grid.useParams()}
        filters={grid.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

const outliers = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/outliers",
  validateSearch: readReviewSearch,
  component: function OutliersRoute() {
    const navigate = outliers.useNavigate();
    return (
      <IssuesPage
        {...outliers.useParams()}
        page="outliers"
        filters={outliers.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

const badImages = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/bad-images",
  validateSearch: readReviewSearch,
  component: function BadImagesRoute() {
    const navigate = badImages.useNavigate();
    return (
      <IssuesPage
        {...badImages.useParams()}
        page="bad-images"
        filters={badImages.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

const duplicates = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/duplicates",
  validateSearch: readDuplicatesSearch,
  component: function DuplicatesRoute() {
    const navigate = duplicates.useNavigate();
    return (
      <DuplicatesPage
        {...duplicates.useParams()}
        search={duplicates.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const selection = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/selection",
  validateSearch: readSelectionSearch,
  component: function SelectionRoute() {
    const navigate = selection.useNavigate();
    return (
      <SelectionPage
        {...selection.useParams()}
        search={selection.useSearch()}
        onFilter={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const map = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/map",
  validateSearch: readMapSearch,
  component: function MapRoute() {
    const navigate = map.useNavigate();
    return (
      <MapPage
        {...map.useParams()}
        colouring={map.useSearch().colour ?? "given"}
        onColouring={(colour) => void navigate({ search: { colour }, replace: true })}
      />
    );
  },
});

export const imageRoutes = [review, grid, outliers, badImages, duplicates, selection, map] as const;
