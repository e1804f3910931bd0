"""Resets a dataset whose ingest failed."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.models import Dataset, DatasetStatus, Ingest, IngestKind, Rejection, Sample


def fail_datasets_of(session: Session, ingest_ids: Sequence[str]) -> None:
    """Delete the samples of the ingests' datasets, so that these accept another archive. Rejections stay
    listed. A failed ingest of verified images leaves its dataset as it was.
    """
    ids = (
        select(Ingest.dataset_id)
        .where(Ingest.id.in_(ingest_ids), Ingest.kind == IngestKind.DATASET)
        .scalar_subquery()
    )
    session.execute(delete(Sample).where(Sample.dataset_id.in_(ids)))
    num_rejections = (
        select(func.count()).where(Rejection.dataset_id == Dataset.id).correlate(Dataset).scalar_subquery()
    )
    session.execute(
        update(Dataset)
        .where(Dataset.id.in_(ids))
        .values(status=DatasetStatus.FAILED, num_samples=0, num_unlabelled=0, num_rejections=num_rejections),
        execution_options={"synchronize_session": False},
    )
