"""What changed between two stored versions: images, given labels, and what people decided.

Both tables are in the order of the dataset, in which images keep their place. So they are read side by side,
and memory does not grow with them. Importable without torch.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from mslg_core.versions.table import Names, read_names, read_rows
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.difference_kind import DifferenceKind

COLUMNS = (
    *("number", "sample_id", "sha256", "file_name", "given_label", "corrected_label", "corrected_by"),
    *("verdict", "reviewers", "decided_at", "comments"),
)

Row = Mapping[str, Any]


class Difference(NamedTuple):
    """One difference. before, after: the labels that the kind is about, None for none: given labels of
    GIVEN_LABEL, else corrected labels. The rest is what the later version knows of the image, and the earlier
    one of a removed image.
    """

    kind: DifferenceKind
    sample_id: int
    file_name: str
    before: str | None
    after: str | None
    verdict: str | None
    reviewer: str
    decided_at: datetime | None
    comments: Sequence[str]


@dataclass(slots=True)
class Counts:
    """Numbers of differences by kind; and of each kind by class (the label after, else before), and by the
    person who decided last.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    classes: dict[str, Counter[str]] = field(default_factory=dict)
    reviewers: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """All of them, JSON-ready."""
        classes = {name: dict(kinds) for name, kinds in self.classes.items()}
        return {"kinds": dict(self.kinds), "classes": classes, "reviewers": dict(self.reviewers)}

    def add(self, difference: Difference) -> None:
        """Count one."""
        self.kinds[difference.kind] += 1
        label = difference.before if difference.after is None else difference.after
        if label is not None:
            self.classes.setdefault(label, Counter())[difference.kind] += 1
        if difference.kind is DifferenceKind.DECISION:
            self.reviewers[difference.reviewer] += 1


class ClassChanges(NamedTuple):
    """Classes that joined, that are no longer used, and that have another name: (before, after)."""

    added: list[str]
    removed: list[str]
    renamed: list[tuple[str, str]]


def compare_classes(before: Names, after: Names) -> ClassChanges:
    """Compare the classes. One keeps its index when it is renamed."""
    pairs = zip(before.by_index, after.by_index, strict=False)
    renamed = [(old, new) for old, new in pairs if old != new]
    kept = dict(renamed)
    earlier = [kept.get(name, name) for name in before.classes]
    return ClassChanges(
        [name for name in after.classes if name not in set(earlier)],
        [old for old, name in zip(before.classes, earlier, strict=True) if name not in set(after.classes)],
        renamed,
    )


def compare(before: Path, after: Path) -> Iterator[Difference]:
    """The differences in the order of the dataset. A renamed class is not one."""
    renamed = dict(compare_classes(read_names(before), read_names(after)).renamed)
    for old, new in _side_by_side(_rows(before), _rows(after)):
        if old is None or new is None:
            yield _joined_or_left(old, new)
        else:
            yield from _differences(_rename(old, renamed), new)


def _rows(path: Path) -> Iterator[Row]:
    for batch in read_rows(path, COLUMNS):
        yield from batch


def _side_by_side(before: Iterator[Row], after: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Pairs of the same image; None where one table lacks it."""
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and _place(old) < _place(new)):
            yield old, None
            old = next(before, None)
        elif old is None or _place(new) < _place(old):
            yield None, new
            new = next(after, None)
        else:
            yield old, new
            old, new = next(before, None), next(after, None)


def _place(row: Row) -> tuple[int, int]:
    return row["number"], row["sample_id"]


def _rename(row: Row, renamed: Mapping[str, str]) -> Row:
    if not renamed:
        return row
    labels = {name: renamed.get(row[name], row[name]) for name in ("given_label", "corrected_label")}
    return {**row, **labels}


def _joined_or_left(old: Row | None, new: Row | None) -> Difference:
    if new is None and old is not None:
        return _difference(DifferenceKind.REMOVED, old, old["corrected_label"], None)
    assert new is not None  # noqa: S101 # one of them is there
    return _difference(DifferenceKind.ADDED, new, None, new["corrected_label"])


def _differences(old: Row, new: Row) -> Iterator[Difference]:
    labels = old["corrected_label"], new["corrected_label"]
    given = old["given_label"], new["given_label"]
    if old["sha256"] != new["sha256"]:
        yield _difference(DifferenceKind.CONTENT, new, *labels)
    if given[0] != given[1]:
        yield _difference(DifferenceKind.GIVEN_LABEL, new, *given)
    if _decision(old) != _decision(new):
        yield _difference(DifferenceKind.DECISION, new, *labels)
    elif labels[0] != labels[1] and CorrectedBy.MODEL in (old["corrected_by"], new["corrected_by"]):
        yield _difference(DifferenceKind.SUGGESTION, new, *labels)


def _decision(row: Row) -> tuple[str | None, str | None]:
    """What people decided: a verdict, and the class that they settled."""
    return row["verdict"], row["corrected_label"] if row["corrected_by"] == CorrectedBy.PERSON else None


def _difference(kind: DifferenceKind, row: Row, before: str | None, after: str | None) -> Difference:
    return Difference(
        kind,
        row["sample_id"],
        row["file_name"],
        before,
        after,
        row["verdict"],
        row["reviewers"][-1] if row["reviewers"] else "",
        row["decided_at"],
        row["comments"],
    )
