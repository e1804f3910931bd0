"""Verified labels by the hundred thousand: all lines or none, without a query per line."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from mslg_rules.holdout import Newcomer, Split, split_newcomers
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.database.bulk import insert_rows, update_rows
from store.database.columns import utc_now
from store.errors import BulkVerificationError, LineError
from store.models.dataset import Dataset, Sample
from store.models.verification import Verification, VerificationSource
from store.verification.splits import count_splits
from store.verification.verified_set import lock_dataset

LOOKUP_BATCH = 10_000


class KeyKind(StrEnum):
    """What a line names its sample by; the values are columns of `Sample`."""

    FILE_NAME = "file_name"
    EXTERNAL_ID = "external_id"


class UploadRow(NamedTuple):
    """One parsed line: `line` as an editor counts, the sample's name, the class's name.

    Without a label the given one is wrong and the right one not known, unless the verdict is `correct`. A
    verdict must agree with the label if there are both. `selection` says how the sample came to be verified.
    """

    line: int
    key_kind: KeyKind
    key: str
    label: str | None
    selection: Selection = Selection.RANDOM
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """How many lines said something new, and how many what was already settled."""

    accepted: int
    unchanged: int


class _UploadedDecision(NamedTuple):
    """What an upload says about one sample, and on which line."""

    line: int
    sample: Row[Any]
    label: int | None
    selection: Selection

    @property
    def is_news(self) -> bool:
        """Whether nobody has said this before."""
        known_wrong = self.label is None and self.sample.verdict is Verdict.WRONG_UNKNOWN
        return self.sample.settled_label is None and not known_wrong


def upload_verifications(
    session: Session, dataset_id: str, rows: Sequence[UploadRow], reviewer: str = ""
) -> UploadOutcome:
    """Settle the samples that `rows` name. The caller commits.

    Raises `NotFoundError`, and `BulkVerificationError` naming each line with an unknown name, an unknown
    class, or a label that contradicts another line or what is already settled.
    """
    dataset = lock_dataset(session, dataset_id)
    samples = _find_samples(session, dataset_id, rows)
    words: dict[int, _UploadedDecision] = {}
    errors: list[LineError] = []
    labels = {name: index for index, name in enumerate(dataset.classes)}
    for row in rows:
        word = _read(row, samples, labels)
        problem = word if isinstance(word, LineError) else _contradiction(row, word, words, dataset)
        if problem is not None:
            errors.append(problem)
        elif isinstance(word, _UploadedDecision):
            words.setdefault(word.sample.id, word)
    if errors:
        raise BulkVerificationError(errors)
    new = [word for word in words.values() if word.is_news]
    new.sort(key=lambda word: int(word.sample.id))  # rows next to each other are written faster
    _store(session, dataset, new, reviewer)
    return UploadOutcome(accepted=len(new), unchanged=len(rows) - len(new))


def _find_samples(
    session: Session, dataset_id: str, rows: Sequence[UploadRow]
) -> dict[tuple[KeyKind, str], Row[Any]]:
    found: dict[tuple[KeyKind, str], Row[Any]] = {}
    for kind in KeyKind:
        column = getattr(Sample, kind.value)
        keys = list({row.key for row in rows if row.key_kind is kind})
        for start in range(0, len(keys), LOOKUP_BATCH):
            statement = select(
                column.label("key"),
                Sample.id,
                Sample.file_name,
                Sample.given_label,
                Sample.verdict,
                Sample.settled_label,
                Sample.split,
                Sample.selection,
            ).where(Sample.dataset_id == dataset_id, column.in_(keys[start : start + LOOKUP_BATCH]))
            found.update({(kind, sample.key): sample for sample in session.execute(statement)})
    return found


def _read(
    row: UploadRow, samples: dict[tuple[KeyKind, str], Row[Any]], labels: dict[str, int]
) -> _UploadedDecision | LineError:
    sample = samples.get((row.key_kind, row.key))
    if sample is None:
        what = "file_name" if row.key_kind is KeyKind.FILE_NAME else "id"
        return LineError(row.line, "unknown_name", f"No sample has the {what} {row.key!r}.", row.key)
    label = sample.given_label if row.verdict is Verdict.CORRECT else None
    if row.label is not None and (label := labels.get(row.label)) is None:
        return LineError(row.line, "unknown_class", f"The dataset has no class {row.label!r}.", row.key)
    word = _UploadedDecision(row.line, sample, label, row.selection)
    if row.verdict not in (None, _verdict(word)):
        message = f"The verdict {row.verdict} and the label {row.label!r} contradict each other."
        return LineError(row.line, "label_contradicts", message, row.key)
    return word


def _contradiction(
    row: UploadRow, word: _UploadedDecision, words: dict[int, _UploadedDecision], dataset: Dataset
) -> LineError | None:
    """Against an earlier line, or against what a person or an upload has settled before."""
    earlier = words.get(word.sample.id)
    if earlier is not None and earlier.label != word.label:
        said = "wrong" if earlier.label is None else repr(dataset.classes[earlier.label])
        message = f"Line {earlier.line} says {said} for the same sample."
        return LineError(row.line, "contradiction", message, row.key)
    settled, given = word.sample.settled_label, word.sample.given_label
    agrees = settled != given if word.label is None else settled == word.label
    if settled is not None and not agrees:
        message = f"It is already settled as {dataset.classes[settled]!r}: change it in review."
        return LineError(row.line, "contradiction", message, row.key)
    if word.sample.verdict is Verdict.WRONG_UNKNOWN and word.label == given:
        message = "A reviewer has found the given label wrong: settle it in review."
        return LineError(row.line, "contradiction", message, row.key)
    return None


def _store(session: Session, dataset: Dataset, words: Sequence[_UploadedDecision], reviewer: str) -> None:
    now = utc_now()
    insert_rows(
        session,
        Verification,
        [
            {
                "sample_id": word.sample.id,
                "dataset_id": dataset.id,
                "verdict": _verdict(word),
                "label": word.label,
                "source": VerificationSource.UPLOAD,
                "reviewer": reviewer,
                "created_at": now,
            }
            for word in words
        ],
    )
    splits = _assign_splits(session, dataset, words)
    update_rows(
        session,
        Sample,
        [
            {
                "id": word.sample.id,
                "verdict": _verdict(word),
                "settled_label": word.label,
                "split": splits.get(word.sample.id, word.sample.split),
                "selection": _selection(word),
                "contested": False,  # an upload has the last word
            }
            for word in words
        ],
    )


def _assign_splits(
    session: Session, dataset: Dataset, words: Sequence[_UploadedDecision]
) -> dict[int, Split]:
    """Place of each sample that is settled, by sample id: the one that it has, or one by the rule."""
    counts = count_splits(session, dataset.id, len(dataset.classes))
    splits: dict[int, Split] = {}
    new: dict[int, Newcomer] = {}
    for word in words:
        if word.label is None:
            continue
        if word.sample.split is None:
            new[word.sample.id] = Newcomer(word.sample.file_name, word.label, word.selection)
        else:
            splits[word.sample.id] = word.sample.split
            counts[word.label].add(word.sample.split, word.sample.selection)
    places = split_newcomers(list(new.values()), counts)
    return splits | dict(zip(new, places, strict=True))


def _selection(word: _UploadedDecision) -> Selection | None:
    """How the sample came to be verified: as before, else as this line says."""
    if word.sample.split is not None or word.label is None:
        return word.sample.selection  # type: ignore[no-any-return] # a column of `Row[Any]`
    return word.selection


def _verdict(word: _UploadedDecision) -> Verdict:
    if word.label is None:
        return Verdict.WRONG_UNKNOWN
    return Verdict.CORRECT if word.label == word.sample.given_label else Verdict.WRONG
