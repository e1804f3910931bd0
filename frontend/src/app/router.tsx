import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from "@tanstack/react-router";

import { readActivitySearch } from "@/lib/activity-search";
import { readJobSearch } from "@/lib/job-tab";
import { readReviewSearch, readVerifySearch } from "@/lib/review-search";

import { Layout } from "./layout";
import { DatasetsPage } from "./pages/datasets-page";
import { NewDatasetPage } from "./pages/new-dataset-page";
import { NotFoundPage } from "./pages/not-found-page";
import { ProblemPage } from "./problem-page";

// Code-split: loaded on first visit, preloaded on hover over a link.
const DatasetPage = lazyRouteComponent(() => import("./pages/dataset-page"), "DatasetPage");
const JobPage = lazyRouteComponent(() => import("./pages/job-page"), "JobPage");
const ReviewPage = lazyRouteComponent(() => import("./pages/review-page"), "ReviewPage");
const VerifyPage = lazyRouteComponent(() => import("./pages/verify-page"), "VerifyPage");
const GridPage = lazyRouteComponent(() => import("./pages/grid-page"), "GridPage");
const ComparePage = lazyRouteComponent(() => import("./pages/compare-page"), "ComparePage");
const TeamPage = lazyRouteComponent(() => import("./pages/team-page"), "TeamPage");
const ActivityPage = lazyRouteComponent(() => import("./pages/activity-page"), "ActivityPage");

function CrashPage({ error, reset }: ErrorComponentProps) {
  return <ProblemPage error={error} onRetry={reset} />;
}

const root = createRootRoute({ component: Layout });

const datasets = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: DatasetsPage,
});

const newDataset = createRoute({
  getParentRoute: () => root,
  path: "/datasets/new",
  component: NewDatasetPage,
});

const dataset = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId",
  component: function DatasetRoute() {
    return <DatasetPage {...dataset.useParams()} />;
  },
});

const verify = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId/verify",
  validateSearch: readVerifySearch,
  component: function VerifyRoute() {
    const navigate = verify.useNavigate();
    return (
      <VerifyPage
        {...verify.useParams()}
        search={verify.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true })}
      />
    );
  },
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId",
  validateSearch: readJobSearch,
  component: function JobRoute() {
    const navigate = job.useNavigate();
    return (
      <JobPage
        {...job.useParams()}
        tab={job.useSearch().tab ?? "overview"}
        onTab={(tab) => void navigate({ search: { tab }, replace: true, resetScroll: false })}
      />
    );
  },
});

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

const compare = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId/compare",
  validateSearch: (search): { with?: string } =>
    typeof search.with === "string" && search.with !== "" ? { with: search.with } : {},
  component: function CompareRoute() {
    const navigate = compare.useNavigate();
    return (
      <ComparePage
        {...compare.useParams()}
        otherId={compare.useSearch().with}
        onOther={(jobId) => void navigate({ search: { with: jobId }, replace: true })}
      />
    );
  },
});

const team = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId/team",
  component: function TeamRoute() {
    return <TeamPage {...team.useParams()} />;
  },
});

const activity = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId/activity",
  validateSearch: readActivitySearch,
  component: function ActivityRoute() {
    const navigate = activity.useNavigate();
    return (
      <ActivityPage
        {...activity.useParams()}
        filters={activity.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

export const router = createRouter({
  routeTree: root.addChildren([
    datasets,
    newDataset,
    dataset,
    verify,
    team,
    activity,
    job,
    review,
    grid,
    compare,
  ]),
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: CrashPage,
  // Readable URLs: search values stay plain text, and each page parses its own.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith(String),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
