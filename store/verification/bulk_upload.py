"""Stores uploads of verified labels: all lines or none, 100,000s at once, without a query per line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.orm import Session

from mslg_rules.class_map import ClassMap
from mslg_rules.holdout import Newcomer, Split, split_newcomers
from mslg_rules.names import ClassNames
from mslg_rules.selection import Selection
from mslg_rules.verdict import OPEN, Verdict
from store.database.bulk import insert_rows, update_rows
from store.database.columns import utc_now
from store.errors import BulkVerificationError, LineError
from store.models.dataset import Dataset, Sample
from store.models.verification import Verification, VerificationSource
from store.verification.sample_groups import find_groups
from store.verification.splits import count_splits
from store.verification.upload_rows import FoundSamples, KeyKind, UploadRow, find_samples
from store.verification.verified_set import lock_dataset

__all__ = ["KeyKind", "UploadOutcome", "UploadRow", "upload_verifications"]

NO_GIVEN_LABEL = "The image has no given label that could be right or wrong: fill in its class as the label."


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """How many lines were new, and how many repeated what was already settled."""

    accepted: int
    unchanged: int
    notes: tuple[str, ...] = ()
    """What was guessed, in sentences for the user."""


class _UploadedDecision(NamedTuple):
    """An upload's decision on one sample, and its line."""

    line: int
    sample: Row[Any]
    label: int | None
    selection: Selection
    open_verdict: Verdict = Verdict.WRONG_UNKNOWN
    reviewers: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict that the label implies, or the one without a label."""
        if self.label is None:
            return self.open_verdict
        given = self.sample.given_label
        return Verdict.CORRECT if given in (None, self.label) else Verdict.WRONG

    @property
    def is_new(self) -> bool:
        """Whether it changes what is known of the sample. Unsure changes nothing that is decided."""
        if self.verdict is Verdict.UNSURE:
            return self.sample.verdict is None
        return self.sample.settled_label is None and self.sample.verdict is not self.verdict


def upload_verifications(
    session: Session,
    dataset_id: str,
    rows: Sequence[UploadRow],
    reviewer: str = "",
    problems: Sequence[LineError] = (),
) -> UploadOutcome:
    """Settle the samples that `rows` name. The caller commits. problems: lines that could not be parsed.
    reviewer: who decided where a row does not say it.

    Raises `NotFoundError`, and `BulkVerificationError` naming each line with an unknown name, an unknown
    class, or a label that contradicts another line or the settled class.
    """
    dataset = lock_dataset(session, dataset_id)
    samples, classes = find_samples(session, dataset_id, rows), dataset.class_map.lookup()
    decisions = _read_all(dataset, rows, samples, classes, problems)
    new = [decision for decision in decisions if decision.is_new]
    new.sort(key=lambda decision: int(decision.sample.id))  # neighbouring rows are written faster
    _insert_verifications(session, dataset, new, reviewer)
    _update_samples(session, dataset, new)
    return UploadOutcome(len(new), len(rows) - len(new), (*samples.notes, *classes.notes()))


def _read_all(
    dataset: Dataset,
    rows: Sequence[UploadRow],
    samples: FoundSamples,
    classes: ClassNames,
    problems: Sequence[LineError],
) -> list[_UploadedDecision]:
    """The upload's decisions, one per sample. Raises `BulkVerificationError`."""
    decisions: dict[int, _UploadedDecision] = {}
    errors, class_map = list(problems), dataset.class_map
    for row in rows:
        decision = _read(row, samples, classes, class_map)
        if isinstance(decision, LineError):
            errors.append(decision)
        elif contradiction := _contradiction(row, decision, decisions, class_map):
            errors.append(contradiction)
        else:
            decisions.setdefault(decision.sample.id, decision)
    if errors:
        raise BulkVerificationError(sorted(errors, key=lambda error: error.line))
    return list(decisions.values())


def _read(
    row: UploadRow, samples: FoundSamples, classes: ClassNames, class_map: ClassMap
) -> _UploadedDecision | LineError:
    """A label that is read as the given one confirms that one, whatever their stored indices are."""
    sample = samples.by_key.get((row.key_kind, row.key))
    if sample is None:
        return LineError(row.line, "unknown_name", samples.why_missing(row), row.key)
    label = sample.given_label if row.verdict is Verdict.CORRECT else None
    if row.label is not None and (label := classes.find(row.label)) is None:
        message = f"The dataset has no class {row.label!r}. {classes.suggest(row.label)}"
        return LineError(row.line, "unknown_class", message, row.key)
    open_verdict = row.verdict if row.verdict in OPEN else Verdict.WRONG_UNKNOWN
    if label is None and sample.given_label is None and open_verdict is Verdict.WRONG_UNKNOWN:
        return LineError(row.line, "no_given_label", NO_GIVEN_LABEL, row.key)
    if label is not None and class_map.same(label, sample.given_label):
        label = sample.given_label
    decision = _UploadedDecision(row.line, sample, label, row.selection, open_verdict, row.reviewers)
    if row.verdict not in (None, decision.verdict):
        message = f"The verdict {row.verdict} and the label {row.label!r} contradict each other."
        return LineError(row.line, "label_contradicts", message, row.key)
    return decision


def _contradiction(
    row: UploadRow, decision: _UploadedDecision, decisions: Mapping[int, _UploadedDecision], classes: ClassMap
) -> LineError | None:
    """Whether the line contradicts an earlier line, or what a reviewer or an upload settled before."""
    message = None
    sample, label = decision.sample, decision.label
    earlier = decisions.get(sample.id)
    if earlier is not None and (earlier.label, earlier.verdict) != (label, decision.verdict):
        answer = earlier.verdict if earlier.label is None else repr(classes.name(earlier.label))
        message = f"Line {earlier.line} says {answer} for the same sample."
    elif sample.settled_label is not None and not _agrees(decision, classes):
        settled = classes.name(sample.settled_label)
        message = f"The sample is already settled as {settled!r}: change it in review."
    elif sample.verdict is Verdict.WRONG_UNKNOWN and label == sample.given_label:
        message = "A reviewer found the given label wrong: settle the sample in review."
    return None if message is None else LineError(row.line, "contradiction", message, row.key)


def _agrees(decision: _UploadedDecision, classes: ClassMap) -> bool:
    """Whether the decision fits the settled class of its sample."""
    sample = decision.sample
    if decision.label is not None:
        return classes.same(sample.settled_label, decision.label)
    is_given = classes.same(sample.settled_label, sample.given_label)
    return decision.verdict is Verdict.UNSURE or (decision.verdict is Verdict.WRONG_UNKNOWN and not is_given)


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
            "reviewer": name,
            "created_at": now,
        }
        for decision in decisions
        for name in decision.reviewers or (reviewer,)
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
    counts, classes = count_splits(session, dataset), dataset.class_map
    splits: dict[int, Split] = {}
    new: dict[int, Newcomer] = {}
    for decision in decisions:
        if decision.label is None:
            continue
        sample, label = decision.sample, classes.read(decision.label)
        if sample.split is None:
            new[sample.id] = Newcomer(sample.file_name, label, decision.selection, sample.duplicate_group)
        else:
            splits[sample.id] = sample.split
            counts[label].add(sample.split, sample.selection)
    groups = find_groups(session, dataset, {key: newcomer.group for key, newcomer in new.items()})
    grouped = [one._replace(group=groups.by_sample.get(key)) for key, one in new.items()]
    assigned = split_newcomers(grouped, counts, groups.placed)
    return splits | dict(zip(new, assigned, strict=True))


def _selection(decision: _UploadedDecision) -> Selection | None:
    """How the sample was selected: as recorded, or for a newly settled sample as the line says."""
    if decision.sample.split is not None or decision.label is None:
        return decision.sample.selection  # type: ignore[no-any-return] # a column of `Row[Any]`
    return decision.selection
