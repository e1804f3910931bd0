"""Takes back many decisions at once: all that match a filter, after a preview; undone in the same way.

A withdrawal is a row, so taking back withdrawals restores the decisions that they withdrew, with their place
in the history: what was decided before or since counts as it did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.errors import PreviewOutdatedError
from store.models.dataset import Dataset
from store.models.verification import Verification
from store.verification.consensus import is_restoring, is_withdrawn
from store.verification.decision import withdrawal
from store.verification.histories import load_histories
from store.verification.settlement import resolve_suspected_errors, settle
from store.verification.trail_filter import TrailFilter, conditions_of
from store.verification.verified_set import lock_dataset

BATCH_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class WithdrawalPreview:
    """What would be taken back: decisions, on how many samples, and how many by each reviewer."""

    decisions: int
    samples: int
    reviewers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BulkWithdrawal:
    """The stored withdrawals: their number, and the first and last of their ids, which no other row is
    between. Both are 0 without any.
    """

    count: int
    first_id: int
    last_id: int


def preview_withdrawal(session: Session, dataset_id: str, wanted: TrailFilter) -> WithdrawalPreview:
    """What `take_back` would take back now."""
    columns = _targets(dataset_id, wanted).with_only_columns(Verification.sample_id, Verification.reviewer)
    rows = session.execute(columns).all()
    reviewers = Counter(row.reviewer for row in rows)
    return WithdrawalPreview(len(rows), len({row.sample_id for row in rows}), dict(reviewers.most_common()))


def take_back(
    session: Session, dataset_id: str, wanted: TrailFilter, *, reviewer: str, expected: int
) -> BulkWithdrawal:
    """Withdraw every active decision that matches; with the verdict `WITHDRAWN`, restore what the matching
    withdrawals withdrew. `reviewer` is who does so.

    Raises `NotFoundError`, and `PreviewOutdatedError` unless exactly `expected` decisions match.
    """
    dataset = lock_dataset(session, dataset_id)
    targets = session.scalars(_targets(dataset_id, wanted).order_by(Verification.id)).all()
    if len(targets) != expected:
        raise PreviewOutdatedError(expected, len(targets))
    ids: list[int] = []
    for start in range(0, len(targets), BATCH_ROWS):
        ids += _withdraw(session, dataset, targets[start : start + BATCH_ROWS], reviewer)
    return BulkWithdrawal(len(ids), min(ids, default=0), max(ids, default=0))


def withdraw_all(session: Session, dataset: Dataset, ids: Sequence[int], reviewer: str) -> list[int]:
    """Withdraw those of the verifications that are in effect, or restore what they withdrew if they are
    withdrawals; returns the ids of the new rows. Call it under the dataset's lock.
    """
    added: list[int] = []
    for start in range(0, len(ids), BATCH_ROWS):
        part = list(ids[start : start + BATCH_ROWS])
        targets = select(Verification).where(Verification.id.in_(part), ~is_withdrawn())
        added += _withdraw(session, dataset, session.scalars(targets).all(), reviewer)
    return added


def _targets(dataset_id: str, wanted: TrailFilter) -> Select[Verification]:
    """The rows to withdraw: active decisions, or withdrawals that are in effect."""
    is_target: ColumnElement[bool] = ~is_withdrawn()
    if wanted.verdict is Verdict.WITHDRAWN:
        is_target &= ~is_restoring()
    else:
        is_target &= Verification.verdict != Verdict.WITHDRAWN
    return select(Verification).where(
        Verification.dataset_id == dataset_id, is_target, *conditions_of(wanted)
    )


def _withdraw(
    session: Session, dataset: Dataset, targets: Sequence[Verification], reviewer: str
) -> list[int]:
    """Withdraw the targets and bring their samples up to date; returns the ids of the new rows."""
    histories = load_histories(session, {target.sample_id for target in targets})
    added = [withdrawal(target, reviewer) for target in targets]
    session.add_all(added)
    session.flush()
    for verification in added:
        histories[verification.sample_id].verifications.append(verification)
    resolve_suspected_errors(session, list(histories.values()))
    settle(session, dataset, list(histories.values()))
    return [verification.id for verification in added]
