"""A job whose suggestions are accepted without review, or not."""

from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.models import Dataset, Job
from tests.rankings import rank_samples, suggest_next

HELD_OUT = range(24, 54)
N = 54
# Flagged are the samples whose suggestion is more probable than not: 0 to 7, the surest first.
CONFIDENCE = np.concatenate([np.array([0.99, 0.98, 0.98, 0.9, 0.8, 0.7, 0.6, 0.55]), np.full(N - 8, 0.1)])
EVERYTHING = 0.5


def start(engine: Engine, dataset: Dataset, *, auto_accept: bool = False) -> Job:
    """A job that flags eight samples."""
    given = [position % 3 for position in range(N)]
    return rank_samples(engine, dataset, suggest_next(given, list(CONFIDENCE), 3), auto_accept=auto_accept)


def path(job: Job) -> str:
    """The job's auto-accept."""
    return f"/jobs/{job.id}/auto-accept"


def apply(client: TestClient, job: Job, max_error: float, reviewer: str = "") -> dict[str, Any]:
    """Apply a budget."""
    response = client.put(path(job), json={"max_error": max_error, "reviewer": reviewer})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    assert client.get(path(job)).json() == body
    return body


def corrected(client: TestClient, job: Job, ids: list[str]) -> set[int]:
    """Positions of the samples that the model corrects according to the result pages."""
    items = client.get(f"/jobs/{job.id}/results", params={"limit": 1000}).json()["items"]
    return {ids.index(item["sample_id"]) for item in items if item["corrected_by"] == "model"}
