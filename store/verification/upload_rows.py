"""The lines of an upload of verified labels, and the samples that they name, without a query per line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mslg_rules.names import match_names
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from store.models.dataset import Sample

LOOKUP_BATCH = 10_000


class KeyKind(StrEnum):
    """How a line identifies its sample. The values are columns of `Sample`."""

    FILE_NAME = "file_name"
    EXTERNAL_ID = "external_id"


class UploadRow(NamedTuple):
    """One parsed line: `line` as an editor counts, the sample's key, the name of the true class.

    Without a label, the given one is wrong and the right one not known, unless the verdict says something
    else. If there are both, verdict and label must agree. `selection` says how the sample was selected;
    `reviewers`, who decided so, if the upload says it.
    """

    line: int
    key_kind: KeyKind
    key: str
    label: str | None
    selection: Selection = Selection.RANDOM
    verdict: Verdict | None = None
    reviewers: tuple[str, ...] = ()


Key = tuple[KeyKind, str]


@dataclass(frozen=True, slots=True)
class FoundSamples:
    """The samples that an upload names, by key; the file names that fit a key equally well; sentences about
    names that are not written alike.
    """

    by_key: dict[Key, Row[Any]] = field(default_factory=dict)
    ambiguous: dict[Key, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def why_missing(self, row: UploadRow) -> str:
        """Why no sample was found for a line, in a sentence."""
        fitting = self.ambiguous.get((row.key_kind, row.key))
        if fitting is not None:
            return f"{row.key!r} may mean {' or '.join(fitting[:2])}, as other lines may: write the path."
        what = "file_name" if row.key_kind is KeyKind.FILE_NAME else "id"
        return f"No sample has the {what} {row.key!r}."


def find_samples(session: Session, dataset_id: str, rows: Sequence[UploadRow]) -> FoundSamples:
    """The samples with these names or ids, or else with similar names, see `mslg_rules.names.match_names`."""
    found = FoundSamples()
    for kind in KeyKind:
        column = getattr(Sample, kind.value)
        for sample in _select(session, dataset_id, column, {r.key for r in rows if r.key_kind is kind}):
            found.by_key[kind, sample.key] = sample
    missing = list(
        dict.fromkeys((r.key_kind, r.key) for r in rows if (r.key_kind, r.key) not in found.by_key)
    )
    if missing:
        _find_similar(session, dataset_id, missing, found)
    return found


def _select(
    session: Session, dataset_id: str, column: InstrumentedAttribute[Any], keys: set[Any]
) -> list[Row[Any]]:
    """The samples whose `column` is one of `keys`."""
    found: list[Row[Any]] = []
    ordered = sorted(keys)
    for start in range(0, len(ordered), LOOKUP_BATCH):
        statement = select(
            column.label("key"),
            Sample.id,
            Sample.file_name,
            Sample.given_label,
            Sample.verdict,
            Sample.settled_label,
            Sample.split,
            Sample.selection,
            Sample.duplicate_group,
        ).where(Sample.dataset_id == dataset_id, column.in_(ordered[start : start + LOOKUP_BATCH]))
        found += session.execute(statement)
    return found


def _find_similar(session: Session, dataset_id: str, keys: Sequence[Key], found: FoundSamples) -> None:
    """Match keys with all file names of the dataset that no other line names."""
    taken = {sample.file_name for sample in found.by_key.values()}
    statement = select(Sample.file_name).where(Sample.dataset_id == dataset_id).order_by(Sample.position)
    names = [name for name in session.scalars(statement) if name not in taken]
    matches = match_names([key for _, key in keys], names)
    samples = _select(session, dataset_id, Sample.file_name, {names[n] for n in matches.found.values()})
    by_name = {sample.file_name: sample for sample in samples}
    found.by_key.update({keys[key]: by_name[names[name]] for key, name in matches.found.items()})
    found.ambiguous.update({keys[key]: [names[n] for n in fit] for key, fit in matches.ambiguous.items()})
    found.notes.extend(matches.notes("The table"))
