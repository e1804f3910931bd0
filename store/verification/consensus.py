"""What the verifications of one sample amount to: which of them stand, and which verdict they make together.

Nothing here asks the database, see `store.verification.record` for that.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.models.verification import Role, Verification, VerificationSource

Category = tuple[Verdict, int | None]
"""Two verifications say the same when verdict and class are the same."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sample's verifications amount to.

    `decisive` is the verification whose verdict and class are the sample's, None without a verdict;
    `selection` is how the sample came to be verified: `RANKED` if a ranking led any active decision to it.
    """

    decisive: Verification | None
    num_opinions: int
    contested: bool
    selection: Selection


def active_verifications(verifications: Iterable[Verification]) -> list[Verification]:
    """Those that nobody has taken back, the oldest first."""
    listed = list(verifications)
    taken_back = {v.withdraws_id for v in listed if v.verdict is Verdict.WITHDRAWN}
    return [v for v in listed if v.verdict is not Verdict.WITHDRAWN and v.id not in taken_back]


def is_withdrawn(verification: type[Verification] = Verification) -> ColumnElement[bool]:
    """For queries, what `standing` goes by: whether somebody has taken the verification back."""
    withdrawal = aliased(Verification)
    return exists().where(
        withdrawal.sample_id == verification.sample_id, withdrawal.withdraws_id == verification.id
    )


def newest_active(verifications: Iterable[Verification], reviewer: str) -> Verification | None:
    """What a withdrawal by the reviewer takes back: the newest word, of whichever role, that stands."""
    own = [v for v in active_verifications(verifications) if is_by(v, reviewer)]
    return own[-1] if own else None


def is_by(verification: Verification, reviewer: str) -> bool:
    """Whether the reviewer said this; what was uploaded, nobody said."""
    return verification.source is VerificationSource.REVIEW and verification.reviewer == reviewer


def fold(verifications: Iterable[Verification], overlap: int) -> Outcome:
    """What all verifications of a sample, the oldest first, amount to.

    Of each reviewer the newest word that stands counts, so undo brings the one before back. Where one
    person per sample is enough (`overlap` 1), the newest of these decides, uploads included. Where several
    are asked, the newest upload or adjudication decides; without one, the verdict with the most voices as
    soon as `overlap` people have spoken, and a tie for the most makes the sample contested. Answers to
    honeypots never count.
    """
    words = [v for v in active_verifications(verifications) if v.role is not Role.HONEYPOT]
    said = _newest_of_each(words)
    last_words = [v for v in words if not _is_opinion(v)]
    decisive, contested = _decide(words, said, last_words, overlap)
    ranked = any(v.job_id is not None for v in words)
    selection = Selection.RANKED if ranked else Selection.RANDOM
    return Outcome(decisive, len(said), contested, selection)


def votes(verifications: Iterable[Verification]) -> list[Verification]:
    """The newest word of each person and of all uploads that stands, but for answers to honeypots."""
    words = (v for v in active_verifications(verifications) if v.role is not Role.HONEYPOT)
    return list({(v.source, v.reviewer): v for v in words}.values())


def opinions(verifications: Iterable[Verification]) -> list[Verification]:
    """Of each reviewer the newest opinion that stands."""
    return _newest_of_each(active_verifications(verifications))


def category(verification: Verification) -> Category:
    """What was said."""
    return verification.verdict, verification.label


def _newest_of_each(words: Iterable[Verification]) -> list[Verification]:
    return list({v.reviewer: v for v in words if _is_opinion(v)}.values())


def _is_opinion(verification: Verification) -> bool:
    return verification.source is VerificationSource.REVIEW and verification.role is Role.OPINION


def _decide(
    words: Sequence[Verification],
    opinions: Sequence[Verification],
    last_words: Sequence[Verification],
    overlap: int,
) -> tuple[Verification | None, bool]:
    """The verification that decides, and whether the opinions contradict each other."""
    if overlap == 1:
        return (words[-1] if words else None), False
    if last_words:
        return last_words[-1], False
    if len(opinions) < overlap:
        return None, False
    (winner, most), *others = Counter(category(v) for v in opinions).most_common()
    if others and others[0][1] == most:
        return None, True
    return next(v for v in opinions if category(v) == winner), False
