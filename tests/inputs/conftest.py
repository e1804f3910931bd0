"""The service for tests of inputs: the API, and the worker's tasks in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.queue import TaskQueue
from store.settings import Settings, get_settings
from worker import resources
from worker.tasks import ingest


@pytest.fixture
def settings(tmp_path: Path, sqlite_url: str, blob_url: str) -> Settings:
    """An embedded service."""
    return Settings(data_dir=tmp_path, database_url=sqlite_url, blob_url=blob_url)


@pytest.fixture
def client(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A client; ingests run at once, in this process."""
    values = settings.model_dump(exclude_none=True, exclude={"api_token"})
    for name, value in values.items():
        monkeypatch.setenv(f"MSLG_{name.upper()}", str(value))
    cached = (get_settings, resources.get_engine, resources.get_blobs)
    for function in cached:
        function.cache_clear()
    monkeypatch.setattr(TaskQueue, "_send", lambda _self, _task, work_id: ingest.run(work_id))
    app = create_app(settings, ui=tmp_path)
    with TestClient(app, base_url="http://localhost/api/v1", raise_server_exceptions=False) as client:
        yield client
    app.state.services.engine.dispose()
    resources.get_engine().dispose()
    for function in cached:
        function.cache_clear()
