"""Fixtures of the API tests: an application on both databases, clients, and what workers would have got."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool
from starlette.routing import BaseRoute

from api.app import create_app
from api.deps import Services
from api.queue import TaskQueue
from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job
from store.settings import Settings
from tests import factories
from tests.api.support import Sent, wait_until

_shared: list[BaseRoute] = []


def share_routes(app: FastAPI) -> None:
    """Share the routes among the applications of tests: building them, at a first request, takes 0.3 s."""
    routes = app.router.routes
    of_api = next(index for index, route in enumerate(routes) if hasattr(route, "original_router"))
    _shared[:] = _shared or [routes[of_api]]
    routes[of_api] = _shared[0]


@pytest.fixture
def settings(tmp_path: Path, database_url: str, blob_url: str) -> Settings:
    """An open service with small limits."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        blob_url=blob_url,
        max_archive_bytes=3_000_000,
        max_verification_bytes=2_000_000,
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Names and ids of the tasks that reached the broker."""
    sent: Sent = []
    monkeypatch.setattr(TaskQueue, "_send", lambda _self, task, work_id: sent.append((task, work_id)))
    return sent


@pytest.fixture
def app(settings: Settings, sent: Sent, tmp_path: Path) -> Iterator[FastAPI]:
    """The application, with a UI of two files."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>MSLG</title>")
    (folder / "assets" / "app.js").write_text("let x")
    app = create_app(settings, ui=folder)
    share_routes(app)
    yield app
    engine: Engine = app.state.services.engine
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    wait_until(lambda: pool.checkedout() == 0)  # a look that a reader hung up on may still be going on
    engine.dispose()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client that gets a 500 as an answer, as users do."""
    with TestClient(app, base_url="http://localhost/api/v1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def live_url(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on the loopback address."""
    config = uvicorn.Config(app, port=0, lifespan="off", ws="none", log_level="warning")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()
    yield f"http://{host}:{port}/api/v1"
    server.should_exit = True
    thread.join()


@pytest.fixture
def services(app: FastAPI) -> Services:
    """What lives as long as the application."""
    services: Services = app.state.services
    return services


@pytest.fixture
def engine(services: Services) -> Engine:
    """The application's engine."""
    return services.engine


@pytest.fixture
def blobs(services: Services) -> BlobStore:
    """The application's blob store."""
    return services.blobs


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    """A ready dataset of 12 samples in 3 classes, nothing verified."""
    with session_scope(engine) as session:
        return factories.make_dataset(session, blobs)


@pytest.fixture
def verified_dataset(engine: Engine, dataset: Dataset) -> Dataset:
    """The same with enough verified labels for a job."""
    with session_scope(engine) as session:
        factories.verify_given(session, session.merge(dataset))
    return dataset


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job that has succeeded."""
    with session_scope(engine) as session:
        return factories.make_succeeded_job(session, session.merge(dataset))
