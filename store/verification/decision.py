"""Turns one reviewer's decision on one sample into the verification to store, without database access."""

from typing import NamedTuple

from mslg_rules.verdict import Verdict
from store.errors import (
    ActiveAnswer,
    Answer,
    DecidedMeanwhileError,
    DecisionConflict,
    NothingToUndoError,
    VerificationError,
)
from store.models.dataset import Dataset, Sample
from store.models.verification import Role, Verification, VerificationSource
from store.verification.consensus import (
    Category,
    active_verifications,
    category,
    is_by,
    is_opinion,
    newest_active,
    read_as,
)
from store.verification.histories import SampleHistory

ABOUT_GIVEN_LABELS = (Verdict.CORRECT, Verdict.WRONG, Verdict.WRONG_UNKNOWN)


class Decision(NamedTuple):
    """A verdict on one sample. `label` is a class index: the right class for `WRONG`, the given one or None
    for `CORRECT`, None for all others. An image without a given label is settled by `CORRECT` and its class.
    `seen` is the newest verification that its author had seen; None does not check what others decided since.
    """

    sample_id: int
    verdict: Verdict
    label: int | None = None
    seen: int | None = None


class Author(NamedTuple):
    """Who decides. `job_id` is the job whose ranking the reviewer is working through, if any."""

    reviewer: str
    job_id: str | None


def to_verification(
    dataset: Dataset, history: SampleHistory, decision: Decision, author: Author
) -> Verification:
    """The verification that records `decision`: a new one, or the stored one if the decision was resent.

    Raises `VerificationError`, `NothingToUndoError`, `DecidedMeanwhileError`.
    """
    decision = _as_read(history.sample, dataset, decision)
    label = _checked_label(history.sample, dataset, decision)
    if decision.verdict is Verdict.WITHDRAWN:
        return withdrawal(_to_withdraw(history, author.reviewer), author.reviewer)
    decided = decision.verdict, label
    if _is_resent(history, decided, author):
        return history.verifications[-1]
    role = _role(history, decided, author.reviewer)
    _refuse_conflict(dataset, history, decision.seen, decided, role)
    job_id = author.job_id or (history.lease.job_id if history.lease else None)
    return Verification(
        sample_id=history.sample.id,
        dataset_id=dataset.id,
        verdict=decision.verdict,
        label=label,
        source=VerificationSource.REVIEW,
        role=role,
        reviewer=author.reviewer,
        # A hash selected the honeypot, even if a ranking was shown around it.
        job_id=None if role is Role.HONEYPOT else job_id,
    )


def withdrawal(target: Verification, reviewer: str) -> Verification:
    """The verification by which `reviewer` withdraws `target`."""
    return Verification(
        sample_id=target.sample_id,
        dataset_id=target.dataset_id,
        verdict=Verdict.WITHDRAWN,
        source=VerificationSource.REVIEW,
        role=target.role,
        reviewer=reviewer,
        withdraws_id=target.id,
    )


def _to_withdraw(history: SampleHistory, reviewer: str) -> Verification:
    target = newest_active(history.verifications, reviewer)
    if target is None:
        raise NothingToUndoError(f"There is no decision by {reviewer or 'this reviewer'} to withdraw here.")
    return target


def _is_resent(history: SampleHistory, decided: Category, author: Author) -> bool:
    """Whether this is the sample's newest verification again, and the sample was not served since."""
    if history.lease is not None or not history.verifications:
        return False
    newest = history.verifications[-1]
    same_job = author.job_id in (None, newest.job_id) or newest.role is Role.HONEYPOT
    return is_by(newest, author.reviewer) and category(newest) == decided and same_job


def _refuse_conflict(
    dataset: Dataset, history: SampleHistory, seen: int | None, decided: Category, role: Role
) -> None:
    """Raise `DecidedMeanwhileError` if the decision would replace another one that its author did not see.

    An opinion replaces nobody's where several opinions are wanted, and neither does a honeypot answer.
    """
    if seen is None or role is Role.HONEYPOT or (role is Role.OPINION and dataset.overlap > 1):
        return
    unseen = [
        verification
        for verification in active_verifications(history.verifications)
        if verification.id > seen and verification.role is not Role.HONEYPOT
        if dataset.overlap == 1 or not is_opinion(verification)
    ]
    if unseen and read_as(category(unseen[-1]), dataset.class_map) != read_as(decided, dataset.class_map):
        raise DecidedMeanwhileError([_conflict(dataset, history.sample, decided, unseen[-1])])


def _conflict(dataset: Dataset, sample: Sample, decided: Category, active: Verification) -> DecisionConflict:
    verdict, label = decided
    return DecisionConflict(
        sample.id,
        sample.file_name,
        Answer(verdict, _class_name(dataset, label)),
        ActiveAnswer(
            active.verdict,
            _class_name(dataset, active.label),
            active.id,
            active.reviewer,
            active.created_at,
        ),
    )


def _class_name(dataset: Dataset, label: int | None) -> str | None:
    return dataset.class_map.name(label)


def _as_read(sample: Sample, dataset: Dataset, decision: Decision) -> Decision:
    """The decision of a page that does not know yet that the right class and the given one were merged."""
    if decision.label is not None and not 0 <= decision.label < len(dataset.classes):
        raise _unknown_class(decision.label)
    if decision.label == sample.given_label or not dataset.class_map.same(decision.label, sample.given_label):
        return decision
    return decision._replace(verdict=Verdict.CORRECT, label=sample.given_label)


def _checked_label(sample: Sample, dataset: Dataset, decision: Decision) -> int | None:
    verdict, label = decision.verdict, decision.label
    if sample.given_label is None and verdict in ABOUT_GIVEN_LABELS:
        return _checked_only_class(dataset, decision)
    if verdict is Verdict.WRONG:
        return _checked_right_class(sample, dataset, label)
    if verdict is Verdict.CORRECT:
        if label is not None and not dataset.class_map.same(label, sample.given_label):
            raise VerificationError("label_contradicts", "The verdict correct keeps the given label.")
        return sample.given_label
    if label is not None:
        raise VerificationError("label_not_expected", f"The verdict {verdict} takes no label.")
    return None


def _checked_only_class(dataset: Dataset, decision: Decision) -> int:
    """The class of an image without a given label."""
    if decision.verdict is not Verdict.CORRECT or decision.label is None:
        raise VerificationError(
            "no_given_label", "The image has no given label: use the verdict correct and name its class."
        )
    return _checked_class(dataset, decision.label)


def _checked_class(dataset: Dataset, label: int) -> int:
    if not dataset.class_map.is_active(label):
        raise _unknown_class(label)
    return label


def _unknown_class(label: int) -> VerificationError:
    return VerificationError("unknown_class", f"The dataset has no class number {label}.")


def _checked_right_class(sample: Sample, dataset: Dataset, label: int | None) -> int:
    if label is None:
        raise VerificationError("label_missing", "Name the right class, or use the verdict wrong_unknown.")
    _checked_class(dataset, label)
    if dataset.class_map.same(label, sample.given_label):
        raise VerificationError("label_contradicts", "That is the given label: use the verdict correct.")
    return label


def _role(history: SampleHistory, decided: Category, reviewer: str) -> Role:
    """What the decision counts as: what the lease implies, else the role of the decision that it replaces.

    Without the second rule, a honeypot answer that is resent, or withdrawn and given again, would count as an
    opinion, and whoever adjudicated a sample could not change the adjudication.
    """
    if history.lease is not None:
        if history.lease.is_honeypot:
            return Role.HONEYPOT
        return Role.ADJUDICATION if history.lease.queue.adjudicates else Role.OPINION
    own = [v for v in history.verifications if is_by(v, reviewer) and v.verdict is not Verdict.WITHDRAWN]
    if not own:
        return Role.OPINION
    previous = own[-1]
    if previous.role is Role.HONEYPOT and not _replaces_answer(history, previous, decided):
        return Role.OPINION
    return previous.role


def _replaces_answer(history: SampleHistory, answer: Verification, decided: Category) -> bool:
    """Whether a honeypot answer is given again: the same one, or any other after it was withdrawn."""
    return category(answer) == decided or answer not in active_verifications(history.verifications)
