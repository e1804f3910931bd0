"""What becomes of a dataset whose archive could not be taken in."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from store.models import Dataset, DatasetStatus, Ingest, Rejection, Sample


def fail_datasets_of(session: Session, ingest_ids: Sequence[str]) -> None:
    """Let their datasets take another archive: without samples, but with the list of what was refused."""
    ids = select(Ingest.dataset_id).where(Ingest.id.in_(ingest_ids)).scalar_subquery()
    session.execute(delete(Sample).where(Sample.dataset_id.in_(ids)))
    num_rejections = (
        select(func.count()).where(Rejection.dataset_id == Dataset.id).correlate(Dataset).scalar_subquery()
    )
    session.execute(
        update(Dataset)
        .where(Dataset.id.in_(ids))
        .values(status=DatasetStatus.FAILED, num_samples=0, num_rejections=num_rejections),
        execution_options={"synchronize_session": False},
    )
