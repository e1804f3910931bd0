"""A dataset and a finished job, for the tests of decisions and queues."""

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import ObjectBlobStore
from store.models import Dataset, Job
from tests.factories import make_dataset, make_succeeded_job


@pytest.fixture
def dataset(engine: Engine, blobs: ObjectBlobStore) -> Dataset:
    """Thirty samples of three classes in turn, nothing verified."""
    with session_scope(engine) as session:
        return make_dataset(session, blobs, num_samples=30)


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job with results: sample i is an issue, and among the most suspicious, where 3 divides i."""
    with session_scope(engine) as session:
        return make_succeeded_job(session, session.merge(dataset))
