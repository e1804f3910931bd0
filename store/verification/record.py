"""Takes what people say about samples, and keeps `samples` up to date with what it amounts to.

Verifications are only ever added; `verdict`, `settled_label`, `split`, `num_opinions` and `contested` of a
sample are what its verifications amount to, see `store.verification.consensus`.
`store.verification.bulk_upload` brings in many at once. Every function that writes holds the dataset's lock
until the caller's transaction ends.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mslg_rules.holdout import Newcomer, split_newcomers
from mslg_rules.verdict import Verdict
from store.database.columns import utc_now
from store.errors import (
    AlreadyWithdrawnError,
    BatchError,
    BatchVerificationError,
    ConflictError,
    NotFoundError,
    NothingToUndoError,
    VerificationError,
)
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.result import SuspectedLabelError
from store.models.review import Lease, Queue
from store.models.verification import Role, Verification, VerificationSource
from store.verification.consensus import (
    Category,
    Outcome,
    active_verifications,
    category,
    fold,
    is_by,
    newest_active,
)
from store.verification.splits import count_labels
from store.verification.verified_set import lock_dataset

BATCH_ROWS = 1_000


class Decision(NamedTuple):
    """What is said about one sample; `label` is a class index, see `verify`."""

    sample_id: int
    verdict: Verdict
    label: int | None = None


class _File(NamedTuple):
    """A sample, all that was said about it (the oldest first), and the reviewer's lease on it."""

    sample: Sample
    history: list[Verification]
    lease: Lease | None = None


class _Speaker(NamedTuple):
    """Who says something, and through which job's ranking."""

    reviewer: str
    job_id: str | None


def verify(  # noqa: PLR0913 # who says what about which sample, all named
    session: Session,
    sample_id: int,
    verdict: Verdict,
    label: int | None = None,
    *,
    reviewer: str = "",
    job_id: str | None = None,
) -> Verification:
    """Add one reviewer's verdict, or with `WITHDRAWN` take back that reviewer's newest one that stands.

    `label` is a class index: the right class for `WRONG`, the given one or nothing for `CORRECT`, nothing for
    the others. `job_id` says that the job's ranking led the reviewer to the sample; without it, the lease
    does under which the sample was served. The lease also says what the verdict counts for. What the reviewer
    said last of all is not said again: sent twice, as when the first answer was lost, it is entered once.
    Raises `NotFoundError`, `VerificationError`, `NothingToUndoError`.
    """
    dataset = _lock_dataset_of(session, sample_id)
    _check_job(session, dataset, job_id)
    file = _load(session, [sample_id], reviewer)[sample_id]
    added = _take(dataset, file, Decision(sample_id, verdict, label), _Speaker(reviewer, job_id))
    _enter(session, dataset, [file], [added])
    return added


def verify_many(
    session: Session,
    dataset_id: str,
    words: Sequence[Decision],
    *,
    reviewer: str = "",
    job_id: str | None = None,
) -> list[Verification]:
    """Add what one reviewer says about many samples of one dataset, or nothing: see `verify`.

    Raises `NotFoundError` for dataset and job, and `BatchVerificationError` that names every bad word.
    """
    dataset = lock_dataset(session, dataset_id)
    _check_job(session, dataset, job_id)
    files = _load(session, {word.sample_id for word in words}, reviewer)
    seen: set[int] = set()
    added: list[Verification] = []
    errors: list[BatchError] = []
    for index, word in enumerate(words):
        try:
            file = _find(files, dataset, word.sample_id, seen)
            added.append(_take(dataset, file, word, _Speaker(reviewer, job_id)))
        except (NotFoundError, VerificationError, ConflictError) as error:
            errors.append(BatchError(index, error.code, str(error)))
    if errors:
        raise BatchVerificationError(errors)
    _enter(session, dataset, list(files.values()), added)
    return added


def withdraw(session: Session, verification_id: int, reviewer: str = "") -> Verification:
    """Take back one verification, whoever made it and whenever; `reviewer` is who does so.

    Raises `NotFoundError`, `AlreadyWithdrawnError`, and `VerificationError` for what is itself a withdrawal.
    """
    target = session.get(Verification, verification_id)
    if target is None:
        raise NotFoundError("verification", verification_id)
    dataset = lock_dataset(session, target.dataset_id)
    file = _load(session, [target.sample_id], reviewer)[target.sample_id]
    if target.verdict is Verdict.WITHDRAWN:
        raise VerificationError("is_withdrawal", "A withdrawal can not be taken back: say it again instead.")
    if target not in active_verifications(file.history):
        raise AlreadyWithdrawnError(verification_id)
    added = _withdrawal(target, reviewer)
    _enter(session, dataset, [file], [added])
    return added


def history(session: Session, sample_id: int) -> list[Verification]:
    """All verifications of a sample, the oldest first."""
    statement = select(Verification).where(Verification.sample_id == sample_id).order_by(Verification.id)
    return list(session.scalars(statement))


def change_overlap(session: Session, dataset_id: str, overlap: int) -> None:
    """Ask `overlap` people about each sample from now on. Raises `NotFoundError`.

    What has a verdict keeps it; what has opinions but none gets it if they now suffice.
    """
    dataset = lock_dataset(session, dataset_id)
    dataset.overlap = overlap
    undecided = select(Sample.id).where(
        Sample.dataset_id == dataset_id, Sample.num_opinions > 0, Sample.verdict.is_(None)
    )
    ids = list(session.scalars(undecided.order_by(Sample.id)))
    for start in range(0, len(ids), BATCH_ROWS):
        files = _load(session, ids[start : start + BATCH_ROWS], reviewer="")
        _apply(session, dataset, list(files.values()))


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


def _load(session: Session, sample_ids: Collection[int], reviewer: str) -> dict[int, _File]:
    """What is known of the samples, by id. Only under the lock: before, other writers could change it."""
    samples = session.scalars(
        select(Sample).where(Sample.id.in_(sample_ids)).execution_options(populate_existing=True)
    )
    leases = session.scalars(select(Lease).where(Lease.sample_id.in_(sample_ids), Lease.reviewer == reviewer))
    held = {lease.sample_id: lease for lease in leases}
    files = {sample.id: _File(sample, [], held.get(sample.id)) for sample in samples}
    said = select(Verification).where(Verification.sample_id.in_(sample_ids)).order_by(Verification.id)
    for verification in session.scalars(said):
        files[verification.sample_id].history.append(verification)
    return files


def _find(files: Mapping[int, _File], dataset: Dataset, sample_id: int, seen: set[int]) -> _File:
    """The file of a batch's next sample; `seen` are those before."""
    file = files.get(sample_id)
    if file is None or file.sample.dataset_id != dataset.id:
        raise NotFoundError("sample of this dataset", sample_id)
    if sample_id in seen:
        raise VerificationError("duplicate", f"Sample {sample_id} is in this batch twice: name it once.")
    seen.add(sample_id)
    return file


def _take(dataset: Dataset, file: _File, word: Decision, speaker: _Speaker) -> Verification:
    """The verification that says `word`, yet to be entered unless it is a repetition."""
    label = _checked_label(file.sample, dataset, word)
    if word.verdict is Verdict.WITHDRAWN:
        target = newest_active(file.history, speaker.reviewer)
        if target is None:
            raise NothingToUndoError(
                f"There is nothing by {speaker.reviewer or 'this reviewer'} to take back here."
            )
        return _withdrawal(target, speaker.reviewer)
    if _is_repeated(file, (word.verdict, label), speaker):
        return file.history[-1]
    role = _role(file, word, label, speaker.reviewer)
    job_id = speaker.job_id or (file.lease.job_id if file.lease else None)
    return Verification(
        sample_id=file.sample.id,
        dataset_id=dataset.id,
        verdict=word.verdict,
        label=label,
        source=VerificationSource.REVIEW,
        role=role,
        reviewer=speaker.reviewer,
        job_id=None if role is Role.HONEYPOT else job_id,  # chance led to it, whatever was shown beside it
    )


def _is_repeated(file: _File, said: Category, speaker: _Speaker) -> bool:
    """Whether this very word is the last that anybody said, and nothing was served since."""
    if file.lease is not None or not file.history:
        return False
    last = file.history[-1]
    same_way = speaker.job_id in (None, last.job_id) or last.role is Role.HONEYPOT
    return is_by(last, speaker.reviewer) and category(last) == said and same_way


def _withdrawal(target: Verification, reviewer: str) -> Verification:
    return Verification(
        sample_id=target.sample_id,
        dataset_id=target.dataset_id,
        verdict=Verdict.WITHDRAWN,
        source=VerificationSource.REVIEW,
        role=target.role,
        reviewer=reviewer,
        withdraws_id=target.id,
    )


def _checked_label(sample: Sample, dataset: Dataset, word: Decision) -> int | None:
    verdict, label = word.verdict, word.label
    if not verdict.settles:
        if label is not None:
            raise VerificationError("label_not_expected", f"The verdict {verdict} takes no label.")
        return None
    if verdict is Verdict.CORRECT:
        if label not in (None, sample.given_label):
            raise VerificationError("label_contradicts", "The verdict correct keeps the given label.")
        return sample.given_label
    if label is None:
        raise VerificationError("label_missing", "Say the right class, or use the verdict wrong_unknown.")
    if not 0 <= label < len(dataset.classes):
        raise VerificationError("unknown_class", f"The dataset has no class number {label}.")
    if label == sample.given_label:
        raise VerificationError("label_contradicts", "That is the given label: use the verdict correct.")
    return label


def _role(file: _File, word: Decision, label: int | None, reviewer: str) -> Role:
    """What the word counts for: as the lease says, or as the reviewer's word before that it replaces.

    Without that, an answer to a honeypot that is sent twice, or undone and given again, would count as an
    opinion, and whoever had the last word on a sample could not change it.
    """
    if file.lease is not None:
        if file.lease.is_honeypot:
            return Role.HONEYPOT
        last_word = file.lease.queue in (Queue.TIE_BREAK, Queue.RE_REVIEW)
        return Role.ADJUDICATION if last_word else Role.OPINION
    own = [v for v in file.history if is_by(v, reviewer) and v.verdict is not Verdict.WITHDRAWN]
    if not own:
        return Role.OPINION
    if own[-1].role is Role.HONEYPOT:
        said_again = category(own[-1]) == (word.verdict, label) or own[-1] not in active_verifications(
            file.history
        )
        return Role.HONEYPOT if said_again else Role.OPINION
    return own[-1].role


def _enter(session: Session, dataset: Dataset, files: Sequence[_File], added: Sequence[Verification]) -> None:
    """Store what was said, give the leases back and bring the samples up to date."""
    session.add_all(added)
    session.flush()
    by_sample = {verification.sample_id: verification for verification in added}
    for file in files:
        verification = by_sample[file.sample.id]
        if verification not in file.history:
            file.history.append(verification)
        if file.lease is not None and verification.verdict is not Verdict.WITHDRAWN:
            session.delete(file.lease)
    _resolve_suspected_errors(session, files)
    _apply(session, dataset, files)


def _resolve_suspected_errors(session: Session, files: Sequence[_File]) -> None:
    """Tick off the samples that got the last word just now; open those again where none stands any more."""
    changed = [file for file in files if file.history[-1].role is Role.ADJUDICATION]
    for file in changed:
        has_last_word = any(v.role is Role.ADJUDICATION for v in active_verifications(file.history))
        if not has_last_word:
            resolved_at = None
        elif file.history[-1].verdict is Verdict.WITHDRAWN:
            continue
        else:
            resolved_at = utc_now()
        rows = update(SuspectedLabelError).where(SuspectedLabelError.sample_id == file.sample.id)
        session.execute(rows.values(resolved_at=resolved_at))


def _apply(session: Session, dataset: Dataset, files: Sequence[_File]) -> None:
    """Fold the samples anew. Those settled for the first time join the meta set or the hold-out."""
    first_time: list[tuple[Sample, Outcome, int]] = []
    for file in files:
        outcome = fold(file.history, dataset.overlap)
        sample, decisive = file.sample, outcome.decisive
        sample.num_opinions, sample.contested = outcome.num_opinions, outcome.contested
        if sample.split is None and decisive is not None and decisive.label is not None:
            first_time.append((sample, outcome, decisive.label))
        else:
            _settle(sample, decisive)
    session.flush()
    counts = count_labels(session, dataset, {label for _, _, label in first_time})
    newcomers = [Newcomer(sample.file_name, label, o.selection) for sample, o, label in first_time]
    places = split_newcomers(newcomers, counts)
    for (sample, outcome, _), place in zip(first_time, places, strict=True):
        sample.selection, sample.split = outcome.selection, place
        _settle(sample, outcome.decisive)
    session.flush()


def _settle(sample: Sample, decisive: Verification | None) -> None:
    sample.verdict = decisive.verdict if decisive else None
    sample.settled_label = decisive.label if decisive else None
