"""Brings the API's class names and the store's class indices together; `store.verifications` decides."""

from datetime import timedelta

from sqlalchemy.orm import Session

from api.datasets.service import get_dataset, get_sample
from api.verification.schemas import VerificationBatch, VerificationCreate
from store import verifications, verified_set
from store.errors import BatchError, BatchVerificationError, VerificationError
from store.leases import lease_again
from store.models import Dataset, Verdict, Verification
from store.verifications import Word


def count(session: Session, dataset_id: str) -> verified_set.VerifiedSet:
    """The dataset's verified set. Raises `NotFoundError`."""
    return verified_set.verified_set(session, get_dataset(session, dataset_id))


def verify(
    session: Session, sample_id: str, said: VerificationCreate, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Add one verification; who takes back a word has the sample for `lease` to say another.

    Raises `NotFoundError`, `DatasetNotReadyError`, `VerificationError`, `NothingToUndoError`.
    """
    sample, dataset = get_sample(session, sample_id)
    label = None if said.label is None else verified_set.class_index(dataset, said.label)
    added = verifications.verify(
        session, sample.id, said.verdict, label, reviewer=said.reviewer, job_id=said.job_id
    )
    if added.verdict is Verdict.WITHDRAWN:
        lease_again(session, added, lease)
    return added, dataset


def verify_many(session: Session, dataset: Dataset, said: VerificationBatch) -> list[Verification]:
    """Add many verifications or none. Raises `NotFoundError`, `BatchVerificationError`."""
    words: list[Word] = []
    errors: list[BatchError] = []
    for index, item in enumerate(said.items):
        try:
            label = None if item.label is None else verified_set.class_index(dataset, item.label)
            words.append(Word(int(item.sample_id), item.verdict, label))
        except VerificationError as error:
            errors.append(BatchError(index, error.code, str(error)))
    if errors:
        raise BatchVerificationError(errors)
    return verifications.verify_many(session, dataset.id, words, reviewer=said.reviewer, job_id=said.job_id)


def withdraw(
    session: Session, verification_id: str, reviewer: str, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Take one verification back; who said it has the sample for `lease` to say something else.

    Raises `NotFoundError`, `AlreadyWithdrawnError`, `VerificationError`.
    """
    added = verifications.withdraw(session, int(verification_id), reviewer)
    lease_again(session, added, lease)
    return added, get_dataset(session, added.dataset_id)


def history(session: Session, sample_id: str) -> tuple[list[Verification], Dataset]:
    """All verifications of a sample, the oldest first. Raises `NotFoundError`, `DatasetNotReadyError`."""
    sample, dataset = get_sample(session, sample_id)
    return verifications.history(session, sample.id), dataset
