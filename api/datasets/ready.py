"""The dependency that gives endpoints a dataset that already has samples and classes."""

from typing import Annotated

from fastapi import Depends

from api.datasets.service import get_dataset, require_ready
from api.deps import ServicesDep
from api.schemas import WorkId
from store.database.engine import session_scope
from store.models import Dataset


def get_ready_dataset(services: ServicesDep, dataset_id: WorkId) -> Dataset:
    """The dataset in the address. Raises `NotFoundError`, `DatasetNotReadyError`.

    Reads it in its own transaction, which ends before the endpoint starts: an upload is refused before its
    body is read, and no transaction is open meanwhile. A dataset that is ready stays ready.
    """
    with session_scope(services.engine, read_only=True) as session:
        return require_ready(get_dataset(session, dataset_id))


ReadyDataset = Annotated[Dataset, Depends(get_ready_dataset)]
