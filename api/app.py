"""Puts the service together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from api import health, openapi, problems
from api.auth import endpoints as auth
from api.auth.service import is_token_required
from api.auto_accept import endpoints as auto_accept
from api.body import BodyLimit
from api.comparison import endpoints as comparison
from api.datasets import endpoints as datasets
from api.datasets import images
from api.deps import Services, require_utf8_query
from api.exports import endpoints as exports
from api.jobs import endpoints as jobs
from api.progress import endpoints as progress
from api.queue import TaskQueue
from api.results import endpoints as results
from api.review import endpoints as review
from api.security import Security
from api.team import endpoints as team
from api.ui import serve_ui
from api.verification import endpoints as verification
from store.blobs import open_blobs
from store.db import make_engine
from store.settings import Settings
from store.settings import get_settings as read_settings

PREFIX = "/api/v1"
DESCRIPTION = """
Upload images with labels that you do not trust and a few that you do; get a ranking of the wrong ones, settle
them, and download the corrected dataset.

Errors are RFC 9457 problems (`application/problem+json`); `code` tells them apart. Lists are paged by
`cursor`. Times are UTC. Labels are names of classes.
"""
TAGS = [
    {"name": "datasets", "description": "Images with labels that may be wrong."},
    {"name": "verification", "description": "What people say about samples; the verified set."},
    {"name": "review", "description": "Several reviewers: who gets what, what they say and agree on."},
    {"name": "jobs", "description": "Training runs."},
    {"name": "results", "description": "What a job learned: the ranking and its summary."},
    {"name": "exports", "description": "Files with the corrected dataset."},
    {"name": "session", "description": "Signing a browser in and out."},
    {"name": "health", "description": "Whether the service can work."},
]


def create_app(settings: Settings | None = None, *, ui: Path | None = None) -> FastAPI:
    """The application on `settings` (default: from the environment), serving the UI built in `ui`.

    The database has to be migrated already.
    """
    settings = settings or read_settings()
    app = FastAPI(
        title="MSLG",
        version=health.get_version(),
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # FastAPI's pages load scripts from elsewhere, which our own security policy forbids
        redoc_url=None,
        openapi_tags=TAGS,
        generate_unique_id_function=openapi.name_operation,
        lifespan=_lifespan,
    )
    app.state.services = Services(
        settings=settings,
        engine=make_engine(settings.resolved_database_url),
        blobs=open_blobs(settings.resolved_blob_url),
        queue=TaskQueue(settings),
    )
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign] # FastAPI's documented way
    app.add_middleware(BodyLimit)
    app.add_middleware(Security, is_open=not is_token_required(settings))
    problems.install_handlers(app)
    app.include_router(_api())
    serve_ui(app, ui)
    return app


def _api() -> APIRouter:
    """All routes; every one but health and session needs the token, if there is one."""
    api = APIRouter(
        prefix=PREFIX,
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
    for feature in (
        datasets,
        images,
        verification,
        review,
        team,
        jobs,
        results,
        auto_accept,
        progress,
        comparison,
        exports,
    ):
        api.include_router(
            feature.router,
            dependencies=[Depends(auth.require_access)],
            responses=problems.responses(HTTPStatus.UNAUTHORIZED),
        )
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    services: Services = app.state.services
    services.queue.close()
    services.engine.dispose()
