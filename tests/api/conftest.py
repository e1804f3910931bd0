"""Fixtures of the API tests: an application on both databases, a client, and what it would have sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.deps import Services
from api.queue import TaskQueue
from store.settings import Settings


class Sent(list[tuple[str, str]]):
    """Names and ids of the tasks that a worker would have received, in order."""


@pytest.fixture
def settings(tmp_path: Path, database_url: str, blob_url: str) -> Settings:
    """Small limits, an open service."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        blob_url=blob_url,
        max_archive_bytes=4_000_000,
        max_verification_bytes=2_000_000,
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Everything that reaches the broker."""
    sent = Sent()
    monkeypatch.setattr(TaskQueue, "_send", lambda _self, task, work_id: sent.append((task, work_id)))
    return sent


@pytest.fixture
def app(settings: Settings, sent: Sent, tmp_path: Path) -> FastAPI:
    """The application, with a UI of two files."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>MSLG</title>")
    (folder / "assets" / "app.js").write_text("let x")
    return create_app(settings, ui=folder)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client that gets a 500 as an answer, as users do."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def services(app: FastAPI) -> Services:
    """What lives as long as the application."""
    services: Services = app.state.services
    return services
