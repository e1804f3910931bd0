import {
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from "@tanstack/react-router";

import { readActivitySearch } from "@/lib/activity-search";
import { readImageSearch } from "@/lib/image-search";
import { readJobSearch } from "@/lib/job-tab";
import { readVerifySearch } from "@/lib/review-search";
import { readVersionSearch } from "@/lib/version-search";

import { imageRoutes } from "./image-routes";
import { DatasetsPage } from "./pages/datasets-page";
import { NewDatasetPage } from "./pages/new-dataset-page";
import { NotFoundPage } from "./pages/not-found-page";
import { ProblemPage } from "./problem-page";
import { root } from "./root-route";

// Code-split: loaded on first visit, preloaded on hover over a link.
const DatasetPage = lazyRouteComponent(() => import("./pages/dataset-page"), "DatasetPage");
const JobPage = lazyRouteComponent(() => import("./pages/job-page"), "JobPage");
const VerifyPage = lazyRouteComponent(() => import("./pages/verify-page"), "VerifyPage");
const ComparePage = lazyRouteComponent(() => import("./pages/compare-page"), "ComparePage");
const TeamPage = lazyRouteComponent(() => import("./pages/team-page"), "TeamPage");
const ImagesPage = lazyRouteComponent(() => import("./pages/images-page"), "ImagesPage");
const ImagePage = lazyRouteComponent(() => import("./pages/image-page"), "ImagePage");
const ActivityPage = lazyRouteComponent(() => import("./pages/activity-page"), "ActivityPage");

const VersionsPage = lazyRouteComponent(() => import("./pages/versions-page"), "VersionsPage");

const SetPasswordPage = lazyRouteComponent(
  () => import("./pages/set-password-page"),
  "SetPasswordPage",
);

const AccountPage = lazyRouteComponent(() => import("./pages/account-page"), "AccountPage");

function CrashPage({ error, reset }: ErrorComponentProps) {
  return <ProblemPage error={error} onRetry={reset} />;
}

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

const versions = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId/versions",
  validateSearch: readVersionSearch,
  component: function VersionsRoute() {
    const navigate = versions.useNavigate();
    return (
      <VersionsPage
        {...versions.useParams()}
        search={versions.useSearch()}
        onSearch={(search) => void navigate({ search, replace: true, resetScroll: false })}
      />
    );
  },
});

const images = createRoute({
  getParentRoute: () => root,
  path: "/datasets/$datasetId/images",
  validateSearch: readImageSearch,
  component: function ImagesRoute() {
    const navigate = images.useNavigate();
    return (
      <ImagesPage
        {...images.useParams()}
        filters={images.useSearch()}
        onFilter={(filters) => void navigate({ search: filters, replace: true })}
      />
    );
  },
});

const image = createRoute({
  getParentRoute: () => root,
  path: "/images/$sampleId",
  component: function ImageRoute() {
    return <ImagePage {...image.useParams()} />;
  },
});

const setPassword = createRoute({
  getParentRoute: () => root,
  path: "/set-password",
  component: SetPasswordPage,
});

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: AccountPage,
});

export const router = createRouter({
  routeTree: root.addChildren([
    datasets,
    setPassword,
    account,
    newDataset,
    dataset,
    verify,
    team,
    activity,
    versions,
    images,
    image,
    job,
    ...imageRoutes,
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
