"""What several API tests use."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from api.problems import MEDIA_TYPE
from api.schemas import Problem
from store.database.engine import session_scope
from store.models import Dataset
from tests import factories

SQLITE_ONLY = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the database does not decide."""

Sent = list[tuple[str, str]]
"""Names and ids of tasks."""


def check_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The body, after checking that it is a problem with a sentence a person can read."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    body: dict[str, Any] = response.json()
    problem = Problem.model_validate(body)
    assert problem.status == status
    assert problem.code == code, problem.detail
    assert problem.title
    assert problem.detail.endswith(".")
    return body


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Poll; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def sample_ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    with session_scope(engine, read_only=True) as session:
        return [str(sample.id) for sample in factories.get_samples(session, dataset)]
