"""Stores uploads of verified labels: all lines or none, 100,000s at once, without a query per line."""

from collections.abc import Mapping, Sequence
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
NO_GIVEN_LABEL = "The image has no given label that could be right or wrong: fill in its class as the label."


class KeyKind(StrEnum):
    """How a line identifies its sample. The values are columns of `Sample`."""

    FILE_NAME = "file_name"
    EXTERNAL_ID = "external_id"


class UploadRow(NamedTuple):
    """One parsed line: `line` as an editor counts, the sample's key, the name of the true class.

    Without a label, the given one is wrong and the right one not known, unless the verdict is `correct`. If
    there are both, verdict and label must agree. `selection` says how the sample was selected.
    """

    line: int
    key_kind: KeyKind
    key: str
    label: str | None
    selection: Selection = Selection.RANDOM
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """How many lines were new, and how many repeated what was already settled."""

    accepted: int
    unchanged: int


_Samples = Mapping[tuple[KeyKind, str], Row[Any]]
"""The samples that an upload names, by key."""


class _UploadedDecision(NamedTuple):
    """An upload's decision on one sample, and its line."""

    line: int
    sample: Row[Any]
    label: int | None
    selection: Selection

    @property
    def verdict(self) -> Verdict:
        """The verdict that the label implies."""
        if self.label is None:
            return Verdict.WRONG_UNKNOWN
        given = self.sample.given_label
        return Verdict.CORRECT if given in (None, self.label) else Verdict.WRONG

    @property
    def is_new(self) -> bool:
        """Whether it changes what is known of the sample."""
        known_wrong = self.label is None and self.sample.verdict is Verdict.WRONG_UNKNOWN
        return self.sample.settled_label is None and not known_wrong


def upload_verifications(
    session: Session, dataset_id: str, rows: Sequence[UploadRow], reviewer: str = ""
) -> UploadOutcome:
    """Settle the samples that `rows` name. The caller commits.

    Raises `NotFoundError`, and `BulkVerificationError` naming each line with an unknown name, an unknown
    class, or a label that contradicts another line or the settled class.
    """
    dataset = lock_dataset(session, dataset_id)
    decisions = _read_all(dataset, rows, _find_samples(session, dataset_id, rows))
    new = [decision for decision in decisions if decision.is_new]
    new.sort(key=lambda decision: int(decision.sample.id))  # neighbouring rows are written faster
    _insert_verifications(session, dataset, new, reviewer)
    _update_samples(session, dataset, new)
    return UploadOutcome(accepted=len(new), unchanged=len(rows) - len(new))


def _find_samples(session: Session, dataset_id: str, rows: Sequence[UploadRow]) -> _Samples:
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


def _read_all(dataset: Dataset, rows: Sequence[UploadRow], samples: _Samples) -> list[_UploadedDecision]:
    """The upload's decisions, one per sample. Raises `BulkVerificationError`."""
    decisions: dict[int, _UploadedDecision] = {}
    errors: list[LineError] = []
    labels = {name: index for index, name in enumerate(dataset.classes)}
    for row in rows:
        decision = _read(row, samples, labels)
        if isinstance(decision, LineError):
            errors.append(decision)
        elif contradiction := _contradiction(row, decision, decisions, dataset):
            errors.append(contradiction)
        else:
            decisions.setdefault(decision.sample.id, decision)
    if errors:
        raise BulkVerificationError(errors)
    return list(decisions.values())


def _read(row: UploadRow, samples: _Samples, labels: Mapping[str, int]) -> _UploadedDecision | LineError:
    sample = samples.get((row.key_kind, row.key))
    if sample is None:
        what = "file_name" if row.key_kind is KeyKind.FILE_NAME else "id"
        return LineError(row.line, "unknown_name", f"No sample has the {what} {row.key!r}.", row.key)
    label = sample.given_label if row.verdict is Verdict.CORRECT else None
    if row.label is not None and (label := labels.get(row.label)) is None:
        return LineError(row.line, "unknown_class", f"The dataset has no class {row.label!r}.", row.key)
    if label is None and sample.given_label is None:
        return LineError(row.line, "no_given_label", NO_GIVEN_LABEL, row.key)
    decision = _UploadedDecision(row.line, sample, label, row.selection)
    if row.verdict not in (None, decision.verdict):
        message = f"The verdict {row.verdict} and the label {row.label!r} contradict each other."
        return LineError(row.line, "label_contradicts", message, row.key)
    return decision


def _contradiction(
    row: UploadRow, decision: _UploadedDecision, decisions: Mapping[int, _UploadedDecision], dataset: Dataset
) -> LineError | None:
    """Whether the line contradicts an earlier line, or what a reviewer or an upload settled before."""
    message = None
    sample, label = decision.sample, decision.label
    earlier = decisions.get(sample.id)
    agrees = sample.settled_label != sample.given_label if label is None else sample.settled_label == label
    if earlier is not None and earlier.label != label:
        earlier_label = "wrong" if earlier.label is None else repr(dataset.classes[earlier.label])
        message = f"Line {earlier.line} says {earlier_label} for the same sample."
    elif sample.settled_label is not None and not agrees:
        settled = dataset.classes[sample.settled_label]
        message = f"The sample is already settled as {settled!r}: change it in review."
    elif sample.verdict is Verdict.WRONG_UNKNOWN and label == sample.given_label:
        message = "A reviewer found the given label wrong: settle the sample in review."
    return None if message is None else LineError(row.line, "contradiction", message, row.key)


def _insert_verifications(
    session: Session, dataset: Dataset, decisions: Sequence[_UploadedDecision], reviewer: str
) -> None:
    now = utc_now()
    rows = [
        {
            "sample_id": decision.sample.id,
            "dataset_id": dataset.id,
            "verdict": decision.verdict,
            "label": decision.label,
            "source": VerificationSource.UPLOAD,
            "reviewer": reviewer,
            "created_at": now,
        }
        for decision in decisions
    ]
    insert_rows(session, Verification, rows)


def _update_samples(session: Session, dataset: Dataset, decisions: Sequence[_UploadedDecision]) -> None:
    splits = _assign_splits(session, dataset, decisions)
    rows = [
        {
            "id": decision.sample.id,
            "verdict": decision.verdict,
            "settled_label": decision.label,
            "split": splits.get(decision.sample.id, decision.sample.split),
            "selection": _selection(decision),
            "contested": False,  # an upload overrides the opinions
        }
        for decision in decisions
    ]
    update_rows(session, Sample, rows)


def _assign_splits(
    session: Session, dataset: Dataset, decisions: Sequence[_UploadedDecision]
) -> dict[int, Split]:
    """The split of each settled sample, by sample id: its present one, or a new one by the rule."""
    counts = count_splits(session, dataset.id, len(dataset.classes))
    splits: dict[int, Split] = {}
    new: dict[int, Newcomer] = {}
    for decision in decisions:
        if decision.label is None:
            continue
        sample = decision.sample
        if sample.split is None:
            new[sample.id] = Newcomer(sample.file_name, decision.label, decision.selection)
        else:
            splits[sample.id] = sample.split
            counts[decision.label].add(sample.split, sample.selection)
    assigned = split_newcomers(list(new.values()), counts)
    return splits | dict(zip(new, assigned, strict=True))


def _selection(decision: _UploadedDecision) -> Selection | None:
    """How the sample was selected: as recorded, or for a newly settled sample as the line says."""
    if decision.sample.split is not None or decision.label is None:
        return decision.sample.selection  # type: ignore[no-any-return] # a column of `Row[Any]`
    return decision.selection
