"""Combines the verifications of one sample into one verdict.

An active verification is a decision that nobody has withdrawn. `active_verifications` selects
them among loaded rows; `is_active` does the same in SQL.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from mslg_rules.class_map import UNCHANGED, ClassMap
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.models.verification import Role, Verification, VerificationSource

Category = tuple[Verdict, int | None]
"""Verdict and class, as stored."""
ReadCategory = tuple[Verdict | None, int | None]
"""Verdict and class; of a class that others were merged into, the class only. Two verifications agree when
both are the same.
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The consensus on one sample.

    `decisive` is the verification whose verdict and class the sample takes, None without a verdict.
    `num_opinions` counts reviewers with an active opinion. `selection` is `RANKED` if any active decision was
    made through a job's ranking.
    """

    decisive: Verification | None
    num_opinions: int
    contested: bool
    selection: Selection


def active_verifications(verifications: Iterable[Verification]) -> list[Verification]:
    """Decisions that nobody has withdrawn, oldest first. A withdrawn withdrawal has no effect."""
    listed = list(verifications)
    withdrawals = {v.id: v.withdraws_id for v in listed if v.verdict is Verdict.WITHDRAWN}
    undone = set(withdrawals.values())
    withdrawn = {target for own_id, target in withdrawals.items() if own_id not in undone}
    return [v for v in listed if v.verdict is not Verdict.WITHDRAWN and v.id not in withdrawn]


def withdrawals_in(verifications: Iterable[Verification]) -> list[Verification]:
    """The rows that withdraw another one."""
    return [v for v in verifications if v.verdict is Verdict.WITHDRAWN]


def is_active(verification: type[Verification] = Verification) -> ColumnElement[bool]:
    """SQL: whether the row is one of the `active_verifications` of its sample."""
    return and_(verification.verdict != Verdict.WITHDRAWN, ~is_withdrawn(verification))


def is_withdrawn(verification: type[Verification] = Verification) -> ColumnElement[bool]:
    """SQL: whether somebody has withdrawn the verification, by a withdrawal that is in effect."""
    withdrawal, undo = aliased(Verification), aliased(Verification)
    is_undone = exists().where(undo.sample_id == withdrawal.sample_id, undo.withdraws_id == withdrawal.id)
    return exists().where(
        withdrawal.sample_id == verification.sample_id,
        withdrawal.withdraws_id == verification.id,
        ~is_undone.correlate(withdrawal),
    )


def is_restoring(verification: type[Verification] = Verification) -> ColumnElement[bool]:
    """SQL: whether the row withdraws a withdrawal."""
    target = aliased(Verification)
    return exists().where(
        target.sample_id == verification.sample_id,
        target.id == verification.withdraws_id,
        target.verdict == Verdict.WITHDRAWN,
    )


def newest_active(verifications: Iterable[Verification], reviewer: str) -> Verification | None:
    """The reviewer's newest active decision, of any role: the one that undo withdraws."""
    own = [v for v in active_verifications(verifications) if is_by(v, reviewer)]
    return own[-1] if own else None


def is_by(verification: Verification, reviewer: str) -> bool:
    """Whether the reviewer made this decision. Uploads belong to no reviewer."""
    return verification.source is VerificationSource.REVIEW and verification.reviewer == reviewer


def fold(verifications: Iterable[Verification], overlap: int, classes: ClassMap = UNCHANGED) -> Outcome:
    """The consensus of all verifications of a sample, given oldest first.

    Only each reviewer's newest active opinion counts, so a withdrawal restores the previous one. With
    `overlap` 1, the newest active decision decides, uploads included. With a larger `overlap`, the newest
    upload or adjudication decides. Without one, the category with the most opinions decides as soon as
    `overlap` reviewers have given one; a tie for the most makes the sample contested. Honeypot answers never
    count.
    """
    decisions = [v for v in active_verifications(verifications) if v.role is not Role.HONEYPOT]
    newest_opinions = _newest_opinions(decisions)
    decisive, contested = _decide(decisions, newest_opinions, overlap, classes)
    is_ranked = any(v.job_id is not None for v in decisions)
    selection = Selection.RANKED if is_ranked else Selection.RANDOM
    return Outcome(decisive, len(newest_opinions), contested, selection)


def votes(verifications: Iterable[Verification]) -> list[Verification]:
    """The newest active decision of each reviewer, and of all uploads together; no honeypot answers."""
    decisions = (v for v in active_verifications(verifications) if v.role is not Role.HONEYPOT)
    return list({(v.source, v.reviewer): v for v in decisions}.values())


def opinions(verifications: Iterable[Verification]) -> list[Verification]:
    """Each reviewer's newest active opinion."""
    return _newest_opinions(active_verifications(verifications))


def category(verification: Verification) -> Category:
    """The verification's verdict and class, as stored."""
    return verification.verdict, verification.label


def read_as(stored: Category, classes: ClassMap) -> ReadCategory:
    """What the verdict and class mean now. After a merge, "correct" and "wrong" with the other of the two
    classes name the same class.
    """
    verdict, label = stored
    read = None if label is None else classes.read(label)
    return (None, read) if read in classes.joined else (verdict, read)


def _newest_opinions(decisions: Iterable[Verification]) -> list[Verification]:
    return list({v.reviewer: v for v in decisions if is_opinion(v)}.values())


def is_opinion(verification: Verification) -> bool:
    """Whether it is a reviewer's opinion, neither an upload nor an adjudication."""
    return verification.source is VerificationSource.REVIEW and verification.role is Role.OPINION


def _decide(
    decisions: Sequence[Verification], opinions: Sequence[Verification], overlap: int, classes: ClassMap
) -> tuple[Verification | None, bool]:
    """The decisive verification, and whether the opinions contradict each other."""
    if overlap == 1:
        return (decisions[-1] if decisions else None), False
    overriding = [v for v in decisions if not is_opinion(v)]  # uploads and adjudications
    if overriding:
        return overriding[-1], False
    if len(opinions) < overlap:
        return None, False
    (winner, most), *others = Counter(read_as(category(v), classes) for v in opinions).most_common()
    if others and others[0][1] == most:
        return None, True
    return next(v for v in opinions if read_as(category(v), classes) == winner), False
