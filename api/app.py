"""Builds the application: services, middleware, error handlers, routes, web UI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from api import health, openapi, problems, weights
from api.accounts import links, me, members, users
from api.auth import endpoints as auth
from api.auth import oidc_endpoints as oidc
from api.auth.access import require_access
from api.auto_accept import endpoints as auto_accept
from api.body import BodyLimit
from api.changes import endpoints as changes
from api.changes import removal_endpoints as removal
from api.classes import endpoints as classes
from api.comparison import endpoints as comparison
from api.datasets import endpoints as datasets
from api.datasets import images
from api.deps import Services, require_utf8_query
from api.exports import endpoints as exports
from api.issues import endpoints as issues
from api.jobs import endpoints as jobs
from api.metadata import endpoints as metadata
from api.metadata import tags, views
from api.operations import metrics, probes
from api.operations.metrics import Metrics
from api.operations.requests import Requests
from api.progress import endpoints as progress
from api.queue import TaskQueue
from api.results import endpoints as results
from api.review import endpoints as review
from api.review import shares
from api.security import Security
from api.sources import endpoints as sources
from api.team import endpoints as team
from api.ui import serve_ui
from api.uploads import endpoints as uploads
from api.verification import endpoints as verification
from api.versions import endpoints as versions
from api.webhooks import endpoints as webhooks
from store.database.engine import make_engine
from store.infrastructure.blobs import open_blobs
from store.infrastructure.partial_blobs import open_partials
from store.settings import Settings
from store.settings import get_settings as read_settings
from store.sources.buckets import browser_addresses

PREFIX = "/api/v1"
DESCRIPTION = """
Find and correct wrong labels in an image dataset. Upload images with noisy labels and a few verified labels,
run a job that ranks the labels likely to be wrong, review them, and export the corrected dataset.

Errors are RFC 9457 problem documents (`application/problem+json`), identified by `code`. Lists are paged with
`cursor`. Times are UTC. Labels are class names.
"""
TAGS = [
    {"name": "datasets", "description": "Images and their labels, some of which may be wrong."},
    {
        "name": "uploads",
        "description": "Archives that arrive over several connections, by the protocol tus 1.0 (tus.io).",
    },
    {"name": "sources", "description": "Images that stay where they are, such as in a folder of the server."},
    {"name": "verification", "description": "Decisions about samples, and the verified set they form."},
    {
        "name": "review",
        "description": "Assigning samples to several reviewers; their decisions, comments and agreement.",
    },
    {"name": "jobs", "description": "Training runs."},
    {"name": "results", "description": "The output of a job: the ranking and its summary."},
    {
        "name": "issues",
        "description": "What a job found besides label errors: duplicates, outliers, bad images; similar "
        "images; the map.",
    },
    {"name": "exports", "description": "Files that hold the corrected dataset."},
    {"name": "versions", "description": "Named states of a dataset: exported again, and compared."},
    {"name": "webhooks", "description": "Addresses that are told of a dataset's events."},
    {"name": "session", "description": "Signing in and out of the web UI."},
    {"name": "accounts", "description": "Users, their API tokens and sessions, and members of datasets."},
    {"name": "health", "description": "Whether the service is able to work."},
]


def create_app(settings: Settings | None = None, *, ui: Path | None = None) -> FastAPI:
    """The application on `settings` (default: from the environment), serving the web UI built in `ui`.

    The database must be migrated.
    """
    settings = settings or read_settings()
    app = FastAPI(
        title="MSLG",
        version=health.get_version(),
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # FastAPI's pages load scripts from a CDN, which our Content-Security-Policy forbids
        redoc_url=None,
        openapi_tags=TAGS,
        generate_unique_id_function=openapi.name_operation,
        lifespan=_lifespan,
    )
    blobs = open_blobs(settings.resolved_blob_url)
    app.state.services = Services(
        settings=settings,
        engine=make_engine(settings.resolved_database_url),
        blobs=blobs,
        partials=open_partials(settings.resolved_blob_url, blobs),
        queue=TaskQueue(settings),
    )
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign] # FastAPI's documented way
    app.add_middleware(BodyLimit)
    app.add_middleware(
        Security, is_open=settings.is_open, image_hosts=browser_addresses(settings.source_hosts)
    )
    app.state.metrics = Metrics(app.state.services.engine)
    app.add_middleware(Requests, metrics=app.state.metrics, logs=settings.log_requests)
    problems.install_handlers(app)
    app.include_router(_api(), prefix=PREFIX)
    app.include_router(probes.router)
    app.include_router(metrics.router)
    serve_ui(app, ui)
    if settings.tracing:
        from api.operations.tracing import trace_requests  # late: most services send no traces

        app.state.traces = trace_requests(app)
    return app


def _api() -> APIRouter:
    """All routes. Each but the public ones has a rule in `api.auth.rules`, which `require_access` applies."""
    api = APIRouter(
        dependencies=[Depends(require_utf8_query)],
        responses=problems.responses(
            HTTPStatus.FORBIDDEN,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )
    api.include_router(health.router)
    api.include_router(auth.router)
    api.include_router(oidc.router)
    api.include_router(links.router)
    api.include_router(uploads.public)
    for feature in (
        datasets,
        uploads,
        sources,
        changes,
        removal,
        classes,
        metadata,
        tags,
        views,
        images,
        verification,
        review,
        shares,
        team,
        jobs,
        weights,
        results,
        issues,
        auto_accept,
        progress,
        comparison,
        exports,
        versions,
        me,
        users,
        members,
        webhooks,
    ):
        api.include_router(
            feature.router,
            dependencies=[Depends(require_access)],
            responses=problems.responses(HTTPStatus.UNAUTHORIZED),
        )
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    services: Services = app.state.services
    services.queue.close()
    services.engine.dispose()
    if services.settings.tracing:
        app.state.traces.shutdown()
