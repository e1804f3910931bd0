"""Stores reviewers' decisions, and leases a sample again to a reviewer who withdraws one.

`store.verification.record` stores decisions and `store.review.assignments` serves samples. Undo needs both in
one transaction: otherwise another reviewer could get the sample in between. Code that acts for a reviewer
calls this module.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.models.verification import Verification
from store.review.assignments import renew_after_undo
from store.verification import record
from store.verification.decision import Decision


def decide(  # noqa: PLR0913 # who decides what about which sample, all named
    session: Session,
    sample_id: int,
    verdict: Verdict,
    label: int | None = None,
    *,
    reviewer: str,
    job_id: str | None,
    lease: timedelta,
    seen: int | None = None,
) -> Verification:
    """Store one decision, see `record.verify`. `WITHDRAWN` leases the sample again for `lease`.

    Raises what `record.verify` raises.
    """
    added = record.verify(session, sample_id, verdict, label, reviewer=reviewer, job_id=job_id, seen=seen)
    _lease_withdrawn(session, [added], lease)
    return added


def decide_many(  # noqa: PLR0913 # who decides what about which samples, all named
    session: Session,
    dataset_id: str,
    decisions: Sequence[Decision],
    *,
    reviewer: str,
    job_id: str | None,
    lease: timedelta,
) -> list[Verification]:
    """Store one reviewer's decisions about many samples, or none; see `decide`.

    Raises what `record.verify_many` raises.
    """
    added = record.verify_many(session, dataset_id, decisions, reviewer=reviewer, job_id=job_id)
    _lease_withdrawn(session, added, lease)
    return added


def withdraw(session: Session, verification_id: int, reviewer: str, *, lease: timedelta) -> Verification:
    """Withdraw one verification; if it was the reviewer's own, lease the sample again for `lease`.

    Raises what `record.withdraw` raises.
    """
    added = record.withdraw(session, verification_id, reviewer)
    _lease_withdrawn(session, [added], lease)
    return added


def _lease_withdrawn(session: Session, added: Iterable[Verification], lease: timedelta) -> None:
    for verification in added:
        if verification.verdict is Verdict.WITHDRAWN:
            renew_after_undo(session, verification, lease)
