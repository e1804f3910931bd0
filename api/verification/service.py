"""Translates class names into the store's class indices; `store.verification.record` decides."""

from datetime import timedelta

from sqlalchemy.orm import Session

from api.datasets.service import get_dataset, get_sample
from api.verification.schemas import VerificationBatch, VerificationCreate
from store.accounts.access import Caller, Right, require_right
from store.errors import BatchError, BatchVerificationError, VerificationError
from store.models import Dataset, Verification
from store.review import decisions
from store.verification import record, verified_set
from store.verification.decision import Decision


def count(session: Session, dataset_id: str) -> verified_set.VerifiedSet:
    """Count the dataset's verified set. Raises `NotFoundError`."""
    return verified_set.verified_set(session, get_dataset(session, dataset_id))


def verify(
    session: Session, sample_id: str, decision: VerificationCreate, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Add one verification. A withdrawal leases the sample to its reviewer for `lease`, to decide again.

    Raises `NotFoundError`, `DatasetNotReadyError`, `VerificationError`, `NothingToUndoError`,
    `DecidedMeanwhileError`.
    """
    sample, dataset = get_sample(session, sample_id)
    label = None if decision.label is None else verified_set.class_index(dataset, decision.label)
    added = decisions.decide(
        session,
        sample.id,
        decision.verdict,
        label,
        reviewer=decision.reviewer,
        job_id=decision.job_id,
        lease=lease,
        seen=decision.seen_id,
    )
    return added, dataset


def verify_many(
    session: Session, dataset: Dataset, batch: VerificationBatch, lease: timedelta
) -> list[Verification]:
    """Add many verifications or none, see `verify`.

    Raises `NotFoundError`, `BatchVerificationError`, `DecidedMeanwhileError`.
    """
    items: list[Decision] = []
    errors: list[BatchError] = []
    for index, item in enumerate(batch.items):
        try:
            label = None if item.label is None else verified_set.class_index(dataset, item.label)
            items.append(Decision(int(item.sample_id), item.verdict, label, item.seen_id))
        except VerificationError as error:
            errors.append(BatchError(index, error.code, str(error)))
    if errors:
        raise BatchVerificationError(errors)
    return decisions.decide_many(
        session, dataset.id, items, reviewer=batch.reviewer, job_id=batch.job_id, lease=lease
    )


def require_withdrawal(session: Session, caller: Caller, verification_id: str) -> None:
    """Raise `RoleTooLowError` if the decision is another's and the caller does not manage the dataset."""
    row = session.get(Verification, int(verification_id))
    if row is not None and caller.user is not None and row.reviewer != caller.user.name:
        require_right(session, caller, row.dataset_id, Right.MANAGE)


def withdraw(
    session: Session, verification_id: str, reviewer: str, lease: timedelta
) -> tuple[Verification, Dataset]:
    """Withdraw one verification. A reviewer who withdraws an own decision is leased the
    sample for `lease`, to decide again.

    Raises `NotFoundError`, `AlreadyWithdrawnError`, `VerificationError`.
    """
    added = decisions.withdraw(session, int(verification_id), reviewer, lease=lease)
    return added, get_dataset(session, added.dataset_id)


def history(session: Session, sample_id: str) -> tuple[list[Verification], Dataset]:
    """All verifications of a sample, oldest first. Raises `NotFoundError`, `DatasetNotReadyError`."""
    sample, dataset = get_sample(session, sample_id)
    return record.history(session, sample.id), dataset
