"""One sample's result in full: confidence, prediction history, nearest neighbours."""

from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from store.database.engine import session_scope
from store.models import Dataset, Job, Result
from tests import factories
from tests.api.support import sample_ids
from tests.rankings import settle


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


def detail(client: TestClient, job: Job, sample_id: str) -> dict[str, Any]:
    """What the page of one sample shows."""
    body: dict[str, Any] = client.get(f"/jobs/{job.id}/results/{sample_id}").json()
    return body


def test_a_result_tells_its_past(client: TestClient, job: Job, ids: list[str]) -> None:
    detailed = detail(client, job, ids[0])
    assert detailed["confidence"] == pytest.approx(0.9)
    assert detailed["trajectory"] == [
        {"given": 1.0, "suggested": 0.0},
        {"given": pytest.approx(0.2), "suggested": pytest.approx(0.8)},
    ]


def test_neighbours_are_verified_samples_of_either_class(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    # of sample 0, given cat, suggested dog
    near = np.array([[int(ids[9]), int(ids[3]), int(ids[4])], [int(ids[4]), int(ids[1]), 0]])
    with session_scope(engine) as session:
        samples = factories.get_samples(session, dataset)
        for position, label in {9: 0, 3: 0, 4: 1, 1: 2}.items():
            settle(samples[position], label)
        row = session.scalars(select(Result).where(Result.job_id == job.id, Result.sample_id == int(ids[0])))
        row.one().neighbours = near.astype("<i8").tobytes()
    assert detail(client, job, ids[0])["neighbours"] == {
        "given": [
            {"sample_id": ids[9], "file_name": "cat/0009.png"},
            {"sample_id": ids[3], "file_name": "cat/0003.png"},
        ],
        "suggested": [{"sample_id": ids[4], "file_name": "dog/0004.png"}],
    }


def test_a_job_that_kept_no_record(
    client: TestClient, engine: Engine, dataset: Dataset, job: Job, ids: list[str]
) -> None:
    with session_scope(engine) as session:
        for row in session.scalars(select(Result).where(Result.job_id == job.id)):
            row.trajectory = row.neighbours = b""
    detailed = detail(client, job, ids[0])
    assert detailed["trajectory"] == []
    assert detailed["neighbours"] == {"given": [], "suggested": []}
