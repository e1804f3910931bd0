"""Serving samples to reviewers: every queue, filters, leases, and what is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.models import Dataset, Job
from tests.api.support import SQLITE_ONLY, check_problem, sample_ids


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def ask(client: TestClient, dataset: Dataset, reviewer: str, **wanted: Any) -> dict[str, Any]:
    """Ask for samples; the queue is verify unless said otherwise."""
    body = {"queue": "verify", "reviewer": reviewer, **wanted}
    response = client.post(f"/datasets/{dataset.id}/leases", json=body)
    assert response.status_code == 200, response.text
    served: dict[str, Any] = response.json()
    return served


def test_every_queue_answers(client: TestClient, dataset: Dataset, job: Job) -> None:
    counts = {}
    for queue, job_id in (("verify", None), ("review", job.id), ("tie_break", None), ("second_look", None)):
        served = ask(client, dataset, "Ada", queue=queue, job_id=job_id)
        counts[queue] = (len(served["items"]), served["remaining"])
    assert counts == {"verify": (10, 2), "review": (10, 2), "tie_break": (0, 0), "second_look": (0, 0)}
