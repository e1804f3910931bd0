"""Records reviewers' decisions, and withdrawals of them.

Verifications are append-only. The columns `verdict`, `settled_label`, `split`, `num_opinions` and `contested`
of a sample are derived from its verifications, see `store.verification.settlement`. Every function that
writes holds the dataset's lock until the caller's transaction ends.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mslg_rules.verdict import Verdict
from store.errors import (
    AlreadyWithdrawnError,
    BatchError,
    BatchVerificationError,
    ConflictError,
    DecidedMeanwhileError,
    DecisionConflict,
    NotFoundError,
    VerificationError,
)
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.verification import Verification
from store.verification.consensus import active_verifications
from store.verification.decision import Author, Decision, to_verification, withdrawal
from store.verification.histories import SampleHistory, load_histories, read_verifications
from store.verification.settlement import resolve_suspected_errors, settle
from store.verification.verified_set import lock_dataset


def verify(  # noqa: PLR0913 # who decides what about which sample, all named
    session: Session,
    sample_id: int,
    verdict: Verdict,
    label: int | None = None,
    *,
    reviewer: str = "",
    job_id: str | None = None,
    seen: int | None = None,
) -> Verification:
    """Record one reviewer's verdict, or with `WITHDRAWN` withdraw that reviewer's newest active one.

    `label` is a class index, see `Decision`. `job_id` is the job whose ranking the reviewer is working
    through; by default that of the lease under which the sample was served. The lease also decides the role.
    `seen` is the newest verification that the reviewer had seen. Idempotent: resending the sample's latest
    decision, as after a lost response, stores nothing.
    Raises `NotFoundError`, `VerificationError`, `NothingToUndoError`, `DecidedMeanwhileError`.
    """
    dataset = _lock_dataset_of(session, sample_id)
    _check_job(session, dataset, job_id)
    history = load_histories(session, [sample_id], reviewer)[sample_id]
    decision = Decision(sample_id, verdict, label, seen)
    added = to_verification(dataset, history, decision, Author(reviewer, job_id))
    _store(session, dataset, [history], [added])
    return added


def verify_many(
    session: Session,
    dataset_id: str,
    decisions: Sequence[Decision],
    *,
    reviewer: str = "",
    job_id: str | None = None,
) -> list[Verification]:
    """Record one reviewer's decisions on many samples of one dataset, all or none: see `verify`.

    Raises `NotFoundError` for dataset and job, `BatchVerificationError` that names every bad item, and
    `DecidedMeanwhileError` that names every conflict.
    """
    dataset = lock_dataset(session, dataset_id)
    _check_job(session, dataset, job_id)
    histories = load_histories(session, {decision.sample_id for decision in decisions}, reviewer)
    added = _to_verifications(dataset, histories, decisions, Author(reviewer, job_id))
    _store(session, dataset, list(histories.values()), added)
    return added


def withdraw(session: Session, verification_id: int, reviewer: str = "") -> Verification:
    """Withdraw one verification, whoever made it and whenever; `reviewer` is who withdraws it.

    Raises `NotFoundError`, `AlreadyWithdrawnError`, and `VerificationError` for what is itself a withdrawal.
    """
    target = session.get(Verification, verification_id)
    if target is None:
        raise NotFoundError("verification", verification_id)
    dataset = lock_dataset(session, target.dataset_id)
    history = load_histories(session, [target.sample_id], reviewer)[target.sample_id]
    if target.verdict is Verdict.WITHDRAWN:
        raise VerificationError("is_withdrawal", "A withdrawal cannot be withdrawn: decide again instead.")
    if target not in active_verifications(history.verifications):
        raise AlreadyWithdrawnError(verification_id)
    added = withdrawal(target, reviewer)
    _store(session, dataset, [history], [added])
    return added


def history(session: Session, sample_id: int) -> list[Verification]:
    """All verifications of a sample, oldest first."""
    return read_verifications(session, [sample_id])[sample_id]


def newest_verification(session: Session, dataset_id: str) -> int:
    """Id of the dataset's newest verification, 0 without one: what a page has seen that is read now.

    Verifications are written under the dataset's lock, so lower ids are never added later.
    """
    newest = select(func.max(Verification.id)).where(Verification.dataset_id == dataset_id)
    return session.scalar(newest) or 0


def _lock_dataset_of(session: Session, sample_id: int) -> Dataset:
    dataset_id = session.scalar(select(Sample.dataset_id).where(Sample.id == sample_id))
    if dataset_id is None:
        raise NotFoundError("sample", sample_id)
    return lock_dataset(session, dataset_id)


def _check_job(session: Session, dataset: Dataset, job_id: str | None) -> None:
    if job_id is None:
        return
    found = session.scalar(select(Job.id).where(Job.id == job_id, Job.dataset_id == dataset.id))
    if found is None:
        raise NotFoundError("job of this dataset", job_id)


def _to_verifications(
    dataset: Dataset, histories: Mapping[int, SampleHistory], decisions: Sequence[Decision], author: Author
) -> list[Verification]:
    """The batch as verifications. Raises `BatchVerificationError`, `DecidedMeanwhileError`."""
    named: set[int] = set()
    added: list[Verification] = []
    errors: list[BatchError] = []
    conflicts: list[DecisionConflict] = []
    for index, decision in enumerate(decisions):
        try:
            history = _find(histories, dataset, decision.sample_id, named)
            added.append(to_verification(dataset, history, decision, author))
        except DecidedMeanwhileError as error:
            conflicts += error.conflicts
        except (NotFoundError, VerificationError, ConflictError) as error:
            errors.append(BatchError(index, error.code, str(error)))
    if errors:
        raise BatchVerificationError(errors)
    if conflicts:
        raise DecidedMeanwhileError(conflicts)
    return added


def _find(
    histories: Mapping[int, SampleHistory], dataset: Dataset, sample_id: int, named: set[int]
) -> SampleHistory:
    """The history of a batch's next sample; adds the sample to `named`."""
    found = histories.get(sample_id)
    if found is None or found.sample.dataset_id != dataset.id:
        raise NotFoundError("sample of this dataset", sample_id)
    if sample_id in named:
        raise VerificationError("duplicate", f"Sample {sample_id} is in this batch twice: name it once.")
    named.add(sample_id)
    return found


def _store(
    session: Session, dataset: Dataset, histories: Sequence[SampleHistory], added: Sequence[Verification]
) -> None:
    """Insert the verifications, end the leases that they answer, and bring the samples up to date."""
    session.add_all(added)
    session.flush()
    by_sample = {verification.sample_id: verification for verification in added}
    for history in histories:
        verification = by_sample[history.sample.id]
        if verification not in history.verifications:
            history.verifications.append(verification)
        if history.lease is not None and verification.verdict is not Verdict.WITHDRAWN:
            session.delete(history.lease)
    resolve_suspected_errors(session, histories)
    settle(session, dataset, histories)
