"""A dataset's acceptance policy: chosen by a person, applied to jobs, carried to the next job, undone.

The policy says what is wanted; an `AutoAccept` row says what that means for one job, as a confidence
threshold. A choice applies to the job on which it was made and to the newest one, and later jobs inherit it.
Undoing it restores what each of these jobs accepted before. Every function that writes holds the dataset's
lock, except for `carry_policy`.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import NothingToUndoError
from store.models.acceptance import AcceptanceKind, AcceptancePolicy, AutoAccept
from store.models.job import Job
from store.models.work import WorkStatus
from store.results.auto_accept import newest_acceptance, read_candidates, read_holdout_flags
from store.verification.verified_set import lock_dataset


class Accepted(Protocol):
    """The suggestions within an error budget, see `mslg_core.ranking.error_budget.Accepted`."""

    @property
    def min_confidence(self) -> float | None: ...  # as in the class it describes
    @property
    def count(self) -> int: ...
    @property
    def expected_error(self) -> float: ...


class Spend(Protocol):
    """Chooses the suggestions within a budget, see `mslg_core.ranking.error_budget.within_budget`."""

    def __call__(
        self,
        confidence: NDArray[Any],
        confidence_holdout: NDArray[Any],
        right_holdout: NDArray[Any],
        holdout_size: int,
        max_error: float,
    ) -> Accepted: ...


def read_policies(session: Session, dataset_id: str) -> Sequence[AcceptancePolicy]:
    """The choices that are not undone, oldest first. The last one holds; without any, the sign test does."""
    statement = select(AcceptancePolicy).where(AcceptancePolicy.dataset_id == dataset_id)
    rows = session.scalars(statement.order_by(AcceptancePolicy.id)).all()
    undone = {row.undoes_id for row in rows}
    return [row for row in rows if row.undoes_id is None and row.id not in undone]


def choose_policy(  # noqa: PLR0913, PLR0917 # all columns of a policy
    session: Session, job: Job, kind: AcceptanceKind, max_error: float | None, reviewer: str, spend: Spend
) -> None:
    """Set the policy of the job's dataset, and apply it to the job and to the newest one."""
    lock_dataset(session, job.dataset_id)
    policy = AcceptancePolicy(dataset_id=job.dataset_id, kind=kind, max_error=max_error, reviewer=reviewer)
    session.add(policy)
    session.flush()
    for one in {job, _newest_job(session, job)}:
        _apply(session, one, policy, spend, reviewer)


def undo_policy(session: Session, dataset_id: str, reviewer: str, spend: Spend) -> None:
    """Undo the newest choice: each job that it applies to accepts what it did before.

    Raises `NothingToUndoError` if nobody has chosen.
    """
    lock_dataset(session, dataset_id)
    policies = read_policies(session, dataset_id)
    if not policies:
        raise NothingToUndoError("Nobody has chosen what is accepted: there is nothing to undo.")
    undone, before = policies[-1], policies[-2] if len(policies) > 1 else None
    session.add(
        AcceptancePolicy(
            dataset_id=dataset_id,
            kind=undone.kind,
            max_error=undone.max_error,
            undoes_id=undone.id,
            reviewer=reviewer,
        )
    )
    for job in session.scalars(select(Job).where(Job.dataset_id == dataset_id)).all():
        newest = newest_acceptance(session, job.id)
        if newest is not None and newest.policy_id == undone.id:
            _restore(session, job, undone, before, spend, reviewer)


def carry_policy(session: Session, job: Job, spend: Spend) -> None:
    """Apply the dataset's policy to a job that has just got its results; nothing if nobody has chosen.

    Replaces what an earlier attempt at the job wrote.
    """
    policies = read_policies(session, job.dataset_id)
    if policies:
        _apply(session, job, policies[-1], spend, policies[-1].reviewer)


def _newest_job(session: Session, job: Job) -> Job:
    """The newest job with results on the same dataset."""
    finished = select(Job).where(Job.dataset_id == job.dataset_id, Job.status == WorkStatus.SUCCEEDED)
    return session.scalar(finished.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)) or job


def _restore(  # noqa: PLR0913, PLR0917 # one job's part of an undo
    session: Session,
    job: Job,
    undone: AcceptancePolicy,
    before: AcceptancePolicy | None,
    spend: Spend,
    reviewer: str,
) -> None:
    """Accept what the job accepted before `undone`; a newer job than `undone` gets the policy `before`."""
    of_job = select(AutoAccept).where(AutoAccept.job_id == job.id)
    first = select(func.min(AutoAccept.id)).where(
        AutoAccept.job_id == job.id, AutoAccept.policy_id == undone.id
    )
    earlier = of_job.where(AutoAccept.id < first.scalar_subquery()).order_by(AutoAccept.id.desc()).limit(1)
    row = session.scalar(earlier)
    if row is not None:
        session.add(
            AutoAccept(
                job_id=job.id,
                policy_id=row.policy_id,
                kind=row.kind,
                min_confidence=row.min_confidence,
                max_error=row.max_error,
                expected_error=row.expected_error,
                num_samples=row.num_samples,
                reviewer=reviewer,
            )
        )
    elif before is not None:
        _apply(session, job, before, spend, reviewer)
    else:
        _add(session, job, None, AcceptanceKind.SIGN_TEST, reviewer)


def _apply(session: Session, job: Job, policy: AcceptancePolicy, spend: Spend, reviewer: str) -> None:
    """Add the row by which the job follows the policy."""
    if policy.max_error is None:
        _add(session, job, policy, policy.kind, reviewer)
        return
    candidates, holdout = read_candidates(session, job.id), read_holdout_flags(session, job.id)
    accepted = spend(candidates.confidence, holdout.confidence, holdout.right, holdout.size, policy.max_error)
    session.add(
        AutoAccept(
            job_id=job.id,
            policy_id=policy.id,
            kind=policy.kind,
            min_confidence=accepted.min_confidence,
            max_error=policy.max_error,
            expected_error=accepted.expected_error if accepted.count else None,
            num_samples=accepted.count,
            reviewer=reviewer,
        )
    )


def _add(
    session: Session, job: Job, policy: AcceptancePolicy | None, kind: AcceptanceKind, reviewer: str
) -> None:
    """Add a row without a budget."""
    passes = kind is AcceptanceKind.SIGN_TEST and bool((job.summary or {}).get("auto_accept", False))
    session.add(
        AutoAccept(
            job_id=job.id,
            policy_id=policy.id if policy else None,
            kind=kind,
            min_confidence=0.0 if passes else None,
            num_samples=len(read_candidates(session, job.id).confidence) if passes else 0,
            reviewer=reviewer,
        )
    )
