"""A dataset with a hold-out of which nothing is flagged, and a job."""

import pytest
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.infrastructure.blobs import BlobStore
from store.models import Dataset, Job
from tests import factories
from tests.api.acceptance.support import HELD_OUT, N, start
from tests.api.support import sample_ids
from tests.rankings import hold_out


@pytest.fixture
def dataset(engine: Engine, blobs: BlobStore) -> Dataset:
    """54 samples in 3 classes, 30 of them held out."""
    with session_scope(engine) as session:
        dataset = factories.make_dataset(session, blobs, num_samples=N)
    hold_out(engine, dataset, {position: position % 3 for position in HELD_OUT})
    return dataset


@pytest.fixture
def ids(engine: Engine, dataset: Dataset) -> list[str]:
    """The dataset's sample ids by position."""
    return sample_ids(engine, dataset)


@pytest.fixture
def job(engine: Engine, dataset: Dataset) -> Job:
    """A job whose own test has not let its suggestions pass."""
    return start(engine, dataset)
