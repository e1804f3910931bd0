"""Probes, metrics, and the log of requests."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import Engine
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from api.app import create_app
from api.deps import Services
from store.database.columns import utc_now
from store.database.engine import session_scope
from store.models import Dataset, Job
from store.settings import Settings
from store.statistics import counters
from store.statistics.counters import Key
from tests import factories
from tests.api.accounts import Accounts
from tests.api.support import Sent

TOKEN = "a-token-for-metrics"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with metrics and a line per request."""
    return settings.model_copy(update={"metrics_token": SecretStr(TOKEN), "log_requests": True})


@pytest.fixture
def root(client: TestClient) -> TestClient:
    """A client of the addresses outside the API."""
    client.base_url = "http://localhost"
    return client


def scrape(root: TestClient) -> Samples:
    """All samples, by name and labels."""
    response = root.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200, response.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def of(kind: str, **labels: str) -> tuple[tuple[str, str], ...]:
    """Labels as `scrape` has them."""
    return tuple(sorted({"kind": kind, **labels}.items()))


def test_the_process_is_alive(root: TestClient) -> None:
    assert root.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready(root: TestClient) -> None:
    response = root.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == dict.fromkeys(("database", "blobs", "serving"), "ok")


def test_it_is_not_ready_once_told_to_stop(root: TestClient, services: Services) -> None:
    services.stopping.set()
    response = root.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["serving"] == "fault"
    assert root.get("/healthz").status_code == 200


def test_it_is_not_ready_without_a_database(settings: Settings, sent: Sent, tmp_path: Path) -> None:
    empty = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    with TestClient(create_app(empty), base_url="http://localhost") as client, capture_logs() as logs:
        response = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "fault"
    assert "not_ready" in [log["event"] for log in logs]


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {TOKEN}", "Bearer ä"])
def test_metrics_need_their_token(root: TestClient, header: str) -> None:
    response = root.get("/metrics", headers=[(b"authorization", header.encode())])
    assert response.status_code == 401


def test_there_are_no_metrics_without_a_token(settings: Settings, sent: Sent) -> None:
    app = create_app(settings.model_copy(update={"metrics_token": None}))
    with TestClient(app, base_url="http://localhost") as client:
        assert client.get("/metrics").status_code == 404


def test_tasks_that_wait_and_run(root: TestClient, engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        queued = factories.make_job(session, dataset)
        queued.created_at = utc_now() - timedelta(minutes=5)
        running = factories.make_job(session, dataset)
        factories.start_job(running)
        running.progress_rate = 125.0
    samples = scrape(root)
    assert samples["mslg_tasks", of("job", status="queued")] == 1
    assert samples["mslg_tasks", of("job", status="running")] == 1
    assert samples["mslg_tasks", of("export", status="queued")] == 0
    assert 300 <= samples["mslg_oldest_queued_seconds", of("job")] < 400
    assert samples["mslg_images_per_second", of("job")] == 125


def test_what_workers_counted(root: TestClient, engine: Engine) -> None:
    with session_scope(engine) as session:
        counters.add(
            session, {Key(counters.TASKS_ENDED, "job/failed"): 2, Key(counters.LEASES_LOST, "job"): 3}
        )
        counters.add(session, counters.observe(counters.TASK_SECONDS, "job", 10))
    samples = scrape(root)
    assert samples["mslg_tasks_ended_total", of("job", status="failed")] == 2
    assert samples["mslg_leases_lost_total", of("job")] == 3
    assert samples["mslg_task_seconds_bucket", of("job", le="5")] == 0
    assert samples["mslg_task_seconds_bucket", of("job", le="15")] == 1
    assert samples["mslg_task_seconds_count", of("job")] == 1
    assert samples["mslg_task_seconds_sum", of("job")] == 10


def test_requests_are_measured_by_route(root: TestClient, dataset: Dataset) -> None:
    for dataset_id in (dataset.id, "unknown"):
        root.get(f"/api/v1/datasets/{dataset_id}")
    root.get("/api/v1/no/such/address")
    counted = {
        (dict(labels)["route"], dict(labels)["status"]): value
        for (name, labels), value in scrape(root).items()
        if name == "mslg_request_seconds_count"
    }
    assert counted["/datasets/{dataset_id}", "200"] == 1
    assert counted["/datasets/{dataset_id}", "404"] == 1
    assert not any("unknown" in route or "such" in route for route, _ in counted)


def test_a_request_has_an_id(root: TestClient) -> None:
    own = root.get("/healthz").headers["x-request-id"]
    assert len(own) == 32
    assert root.get("/healthz", headers={"x-request-id": "from-a-proxy.1"}).headers["x-request-id"] == (
        "from-a-proxy.1"
    )
    assert len(root.get("/healthz", headers={"x-request-id": "a\tb"}).headers["x-request-id"]) == 32


def test_a_request_is_logged_with_what_it_is_about(root: TestClient, job: Job) -> None:
    with capture_logs() as logs:
        root.get(f"/api/v1/jobs/{job.id}")
    (line,) = [log for log in logs if log["event"] == "request"]
    assert (line["method"], line["status"], line["job_id"]) == ("GET", 200, job.id)
    assert line["route"] == "/jobs/{job_id}"


def test_the_log_names_the_account(settings: Settings, sent: Sent, dataset: Dataset) -> None:
    app = create_app(settings.model_copy(update={"accounts": True}))
    accounts = Accounts(app)
    user = accounts.create("root", is_admin=True)
    with TestClient(app), capture_logs() as logs:
        accounts.client("root").get("/datasets")
    lines = [log for log in logs if log["event"] == "request" and log["route"].endswith("/datasets")]
    assert [line["user_id"] for line in lines] == [user.id]


def test_the_log_of_a_failure_names_the_request(
    settings: Settings, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    app: FastAPI = create_app(settings.model_copy(update={"log_requests": False}))
    names: list[object] = []
    monkeypatch.setattr(
        "api.problems.log.error", lambda *_, **__: names.append(get_contextvars()["request_id"])
    )
    monkeypatch.setattr("api.datasets.service.list_datasets", fail)
    with (
        TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client,
        capture_logs() as logs,
    ):
        response = client.get("/api/v1/datasets", headers={"x-request-id": "from-a-proxy"})
    assert response.status_code == 500
    assert names == ["from-a-proxy"]
    assert logs == []
