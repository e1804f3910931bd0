"""Tasks are sent after the commit, never before, and a broker that is away harms nobody."""

import pytest
from celery import Celery
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.queue import TaskQueue
from store.database.engine import session_scope
from store.models import Dataset
from store.settings import Settings
from tests.api.support import Sent


def test_a_task_is_sent_after_the_commit(engine: Engine, settings: Settings, sent: Sent) -> None:
    queue = TaskQueue(settings)
    with session_scope(engine) as session:
        dataset = Dataset(name="x")
        session.add(dataset)
        session.flush()
        queue.send_after_commit(session, "ingest.run", dataset.id)
        queue.send_after_commit(session, "train.run", "2")
        assert sent == []
    assert sent == [("ingest.run", dataset.id), ("train.run", "2")]


def test_nothing_is_sent_when_the_transaction_fails(engine: Engine, settings: Settings, sent: Sent) -> None:
    queue = TaskQueue(settings)
    with Session(engine) as session:
        session.add(Dataset(name="x"))
        session.flush()
        queue.send_after_commit(session, "ingest.run", "1")
        session.rollback()
        session.add(Dataset(name="y"))
        session.commit()
    assert sent == []


class TestWithoutItsBroker:
    """Nobody listens at the broker's address."""

    @pytest.fixture
    def sent(self) -> Sent:
        """Nothing is recorded: messages take the real way."""
        return []

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """A Redis that is not there."""
        return settings.model_copy(update={"broker_url": "redis://127.0.0.1:1/0"})

    def test_a_job_is_kept_for_the_sweep(self, client: TestClient, verified_dataset: Dataset) -> None:
        response = client.post("/jobs", json={"dataset_id": verified_dataset.id})
        assert response.status_code == 202
        assert client.get(f"/jobs/{response.json()['id']}").json()["status"] == "queued"


class TestWithABroker:
    """Both brokers take messages that name the task and carry the id of its row."""

    @pytest.fixture
    def sent(self) -> Sent:
        """Nothing is recorded: messages take the real way."""
        return []

    @pytest.fixture(params=["", "redis"])
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        """The filesystem transport, and a real Redis."""
        url = str(request.getfixturevalue("redis_url")) if request.param else ""
        return settings.model_copy(update={"broker_url": url})

    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        """One database is enough here."""
        return sqlite_url

    def test_a_message_arrives(self, engine: Engine, settings: Settings) -> None:
        queue = TaskQueue(settings)
        with session_scope(engine) as session:
            session.add(Dataset(name="x"))
            queue.send_after_commit(session, "train.run", "42")
        celery: Celery = queue._celery
        with celery.connection_for_read() as connection:
            message = connection.SimpleQueue("gpu").get(timeout=5)
            message.ack()
        queue.close()
        assert message.headers["task"] == "train.run"
        assert message.payload[0] == ["42"]
