"""Translates class names into indices; `store.verification.record` decides."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from api.datasets.service import get_dataset, get_sample
from api.errors import DatasetNotReadyError
from api.verification.schemas import VerificationBatch, VerificationCreate
from store.errors import BatchError, BatchVerificationError, VerificationError
from store.models import Dataset, DatasetStatus, Verdict, Verification
from store.review.assignments import renew_after_undo
from store.verification import bulk_upload, record, verified_set
from store.verification.bulk_upload import UploadRow
from store.verification.decision import Decision


def upload(session: Session, dataset_id: str, rows: Sequence[UploadRow]) -> bulk_upload.UploadOutcome:
    """Settle every sample that `rows` name, or none.

    Raises `DatasetNotReadyError` and what the store raises.
    """
    dataset = get_dataset(session, dataset_id)
    if dataset.status is not DatasetStatus.READY:
        raise DatasetNotReadyError(dataset.status)
    return bulk_upload.upload_verifications(session, dataset_id, rows)


def count(session: Session, dataset_id: str) -> verified_set.VerifiedSet:
    """The dataset's verified set. Raises `NotFoundError`."""
    return verified_set.verified_set(session, get_dataset(session, dataset_id))


def verify(
    session: Session, sample_id: str, said: VerificationCreate, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Add one verification; who takes back a word has the sample for `lease` to say another.

    Raises `NotFoundError`, `VerificationError`, `NothingToUndoError`.
    """
    sample, dataset = get_sample(session, sample_id)
    label = None if said.label is None else verified_set.class_index(dataset, said.label)
    added = record.verify(session, sample.id, said.verdict, label, reviewer=said.reviewer, job_id=said.job_id)
    if added.verdict is Verdict.WITHDRAWN:
        renew_after_undo(session, added, lease)
    return added, dataset


def verify_many(
    session: Session, dataset_id: str, said: VerificationBatch
) -> tuple[list[Verification], Dataset]:
    """Add many verifications or none. Raises `NotFoundError`, `BatchVerificationError`."""
    dataset = get_dataset(session, dataset_id)
    words: list[Decision] = []
    errors: list[BatchError] = []
    for index, item in enumerate(said.items):
        try:
            label = None if item.label is None else verified_set.class_index(dataset, item.label)
            words.append(Decision(int(item.sample_id), item.verdict, label))
        except VerificationError as error:
            errors.append(BatchError(index, error.code, str(error)))
    if errors:
        raise BatchVerificationError(errors)
    added = record.verify_many(session, dataset.id, words, reviewer=said.reviewer, job_id=said.job_id)
    return added, dataset


def withdraw(
    session: Session, verification_id: str, reviewer: str, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Take one verification back; who said it has the sample for `lease` to say something else.

    Raises `NotFoundError`, `AlreadyWithdrawnError`, `VerificationError`.
    """
    added = record.withdraw(session, int(verification_id), reviewer)
    renew_after_undo(session, added, lease)
    return added, get_dataset(session, added.dataset_id)


def history(session: Session, sample_id: str) -> tuple[list[Verification], Dataset]:
    """All verifications of a sample, the oldest first. Raises `NotFoundError`."""
    sample, dataset = get_sample(session, sample_id)
    return record.history(session, sample.id), dataset
