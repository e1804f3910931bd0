"""The verified set: samples whose true class is settled, by one verification at a time.

`store.verified_upload` brings in many at once. Verifications are only ever added; a sample's columns
`verdict`, `settled_label` and `split` are what its verifications amount to, kept up to date here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import NotFoundError, NothingToUndoError, TooFewVerifiedError, VerificationError
from store.models.dataset import Dataset, Sample
from store.models.job import Job
from store.models.verification import Verdict, Verification, VerificationSource
from store.splits import count_split, count_splits


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class in the verified set: its settled samples, and how many samples came with its label (`given`).

    `needed` is how many more uploaded labels it lacks for a job. No class needs more than it has images that
    nobody has looked at: rare classes hold no job up.
    """

    label: str
    given: int
    total: int
    meta: int
    holdout: int
    needed: int


class _Given(NamedTuple):
    """Samples that came with one label, and those of them without a verdict."""

    total: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class VerifiedSet:
    """The state of a dataset's verified set, class by class in the dataset's order."""

    classes: tuple[ClassCount, ...]

    @property
    def total(self) -> int:
        """Settled samples."""
        return sum(count.total for count in self.classes)

    @property
    def meta(self) -> int:
        """Settled samples that jobs learn from."""
        return sum(count.meta for count in self.classes)

    @property
    def holdout(self) -> int:
        """Settled samples that are only measured on."""
        return sum(count.holdout for count in self.classes)

    @property
    def missing(self) -> int:
        """How many more uploaded labels are needed in all."""
        return sum(count.needed for count in self.classes)

    @property
    def ready(self) -> bool:
        """Whether a job can start."""
        return bool(self.classes) and self.missing == 0


def verified_set(session: Session, dataset: Dataset) -> VerifiedSet:
    """Count the verified set."""
    splits = count_splits(session, dataset.id, len(dataset.classes))
    given = _count_given(session, dataset.id)
    return VerifiedSet(
        tuple(
            ClassCount(
                label=dataset.classes[index],
                given=given[index].total,
                total=split.total,
                meta=split.meta,
                holdout=split.holdout,
                needed=min(split.needed(), given[index].unseen),
            )
            for index, split in splits.items()
        )
    )


def require_enough(session: Session, dataset: Dataset) -> VerifiedSet:
    """The verified set, or `TooFewVerifiedError` with what each class lacks."""
    counted = verified_set(session, dataset)
    if counted.missing:
        raise TooFewVerifiedError({c.label: c.needed for c in counted.classes if c.needed})
    return counted


def class_index(dataset: Dataset, name: str) -> int:
    """The index of a class. Raises `VerificationError` for an unknown one."""
    try:
        return dataset.classes.index(name)
    except ValueError:
        raise VerificationError("unknown_class", f"The dataset has no class {name!r}.") from None


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
    the others. `job_id` says that the job's ranking led the reviewer to the sample.
    Raises `NotFoundError`, `VerificationError`, `NothingToUndoError`.
    """
    sample, dataset = _lock(session, sample_id)
    _check_job(session, dataset, job_id)
    label = _checked_label(sample, dataset, verdict, label)
    earlier = history(session, sample_id)
    if verdict is Verdict.WITHDRAWN and not _stands(earlier, reviewer):
        raise NothingToUndoError(f"There is nothing by {reviewer or 'this reviewer'} to take back here.")
    added = Verification(
        sample_id=sample_id,
        dataset_id=sample.dataset_id,
        verdict=verdict,
        label=label,
        source=VerificationSource.REVIEW,
        reviewer=reviewer,
        job_id=job_id,
    )
    session.add(added)
    session.flush()
    _apply(session, sample, fold([*earlier, added]))
    return added


def history(session: Session, sample_id: int) -> list[Verification]:
    """All verifications of a sample, the oldest first."""
    statement = select(Verification).where(Verification.sample_id == sample_id).order_by(Verification.id)
    return list(session.scalars(statement))


def fold(verifications: Iterable[Verification]) -> Verification | None:
    """The verification that decides: the newest of those that stand, one per reviewer at most.

    Per reviewer (uploads are one of their own) a withdrawal takes back the newest word that stands, and the
    one before it stands again: undo brings back what was there.
    """
    standing: dict[tuple[VerificationSource, str], list[Verification]] = {}
    for verification in verifications:
        words = standing.setdefault((verification.source, verification.reviewer), [])
        if verification.verdict is not Verdict.WITHDRAWN:
            words.append(verification)
        elif words:
            words.pop()
    return max((words[-1] for words in standing.values() if words), key=lambda v: v.id, default=None)


def lock_dataset(session: Session, dataset_id: str) -> Dataset:
    """The dataset, with its verified set held against other writers: its split depends on the counts."""
    statement = select(Dataset).where(Dataset.id == dataset_id).with_for_update(key_share=True)
    dataset = session.scalars(statement).one_or_none()
    if dataset is None:
        raise NotFoundError("dataset", dataset_id)
    return dataset


def _count_given(session: Session, dataset_id: str) -> Mapping[int, _Given]:
    """Samples by given label."""
    statement = (
        select(Sample.given_label, func.count(), func.count().filter(Sample.verdict.is_(None)))
        .where(Sample.dataset_id == dataset_id)
        .group_by(Sample.given_label)
    )
    counts = {label: _Given(total, unseen) for label, total, unseen in session.execute(statement)}
    return defaultdict(_Given, counts)


def _lock(session: Session, sample_id: int) -> tuple[Sample, Dataset]:
    dataset_id = session.scalar(select(Sample.dataset_id).where(Sample.id == sample_id))
    if dataset_id is None:
        raise NotFoundError("sample", sample_id)
    dataset = lock_dataset(session, dataset_id)
    # Only now: before the lock another writer could still have changed it.
    sample = session.get(Sample, sample_id, populate_existing=True)
    if sample is None:
        raise NotFoundError("sample", sample_id)
    return sample, dataset


def _check_job(session: Session, dataset: Dataset, job_id: str | None) -> None:
    if job_id is None:
        return
    found = session.scalar(select(Job.id).where(Job.id == job_id, Job.dataset_id == dataset.id))
    if found is None:
        raise NotFoundError("job of this dataset", job_id)


def _checked_label(sample: Sample, dataset: Dataset, verdict: Verdict, label: int | None) -> int | None:
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


def _stands(verifications: Sequence[Verification], reviewer: str) -> bool:
    own = [v for v in verifications if v.source is VerificationSource.REVIEW and v.reviewer == reviewer]
    return fold(own) is not None


def _apply(session: Session, sample: Sample, decisive: Verification | None) -> None:
    if decisive is not None and decisive.label is not None and sample.split is None:
        sample.picked_by_ranking = decisive.job_id is not None
        counts = count_split(session, sample.dataset_id, decisive.label)
        sample.split = counts.join(picked_by_ranking=sample.picked_by_ranking)
    sample.verdict = decisive.verdict if decisive else None
    sample.settled_label = decisive.label if decisive else None
    session.flush()
