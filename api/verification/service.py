"""Brings the API's class names and the store's class indices together; `store.verified_set` decides."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from api.datasets.service import get_dataset, get_sample
from api.errors import DatasetNotReadyError
from api.verification.schemas import VerificationCreate
from store import verified_set, verified_upload
from store.models import Dataset, DatasetStatus, Verification
from store.verified_upload import UploadRow


def upload(session: Session, dataset_id: str, rows: Sequence[UploadRow]) -> verified_upload.UploadOutcome:
    """Settle every sample that `rows` name, or none.

    Raises `DatasetNotReadyError` and what the store raises.
    """
    dataset = get_dataset(session, dataset_id)
    if dataset.status is not DatasetStatus.READY:
        raise DatasetNotReadyError(dataset.status)
    return verified_upload.upload_verifications(session, dataset_id, rows)


def count(session: Session, dataset_id: str) -> verified_set.VerifiedSet:
    """The dataset's verified set. Raises `NotFoundError`."""
    return verified_set.verified_set(session, get_dataset(session, dataset_id))


def verify(session: Session, sample_id: str, said: VerificationCreate) -> tuple[Verification, Dataset]:
    """Add one verification. Raises `NotFoundError`, `VerificationError`, `NothingToUndoError`."""
    sample, dataset = get_sample(session, sample_id)
    label = None if said.label is None else verified_set.class_index(dataset, said.label)
    added = verified_set.verify(
        session, sample.id, said.verdict, label, reviewer=said.reviewer, job_id=said.job_id
    )
    return added, dataset


def history(session: Session, sample_id: str) -> tuple[list[Verification], Dataset]:
    """All verifications of a sample, the oldest first. Raises `NotFoundError`."""
    sample, dataset = get_sample(session, sample_id)
    return verified_set.history(session, sample.id), dataset
