"""Labels and images of `mslg clean`. Importable without torch."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.detect import read_dataset, sort_classes
from mslg_core.datasets.layouts.label_tables import SUFFIXES, LabelRow, read_label_table
from mslg_rules.selection import Selection

log = logging.getLogger(__name__)

MAX_NAMED = 10

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """What is known of every row, before any image is read.

    rows: one per line of the labels, or per image of a dataset that brings its own. numbers: row number by
    the path of its image. verified: settled class name by row number; `selections`: how those samples came to
    be verified that are no random sample. known_wrong: rows whose label is wrong, the right one not known.
    """

    rows: Sequence[LabelRow]
    classes: tuple[str, ...]
    numbers: dict[Key, int]
    verified: dict[int, str] = field(default_factory=dict)
    selections: Mapping[int, Selection] = field(default_factory=dict)
    known_wrong: frozenset[int] = frozenset()


def read_labels(source: Archive, labels: Path | None, verified: Path | None) -> Labels:
    """The labels in the table `labels`, else those that the images come with; what the table `verified` says
    stands over what they come with.

    Raises `MetadataError`, `LayoutError`, `NoLabelsError`, `OneClassError`, `MissingFileError`.
    """
    known = _read_dataset(source) if labels is None else _read_table(labels)
    if verified is None:
        return known
    told = _read_verified(verified, known, "the dataset" if labels is None else labels.name)
    return replace(
        known,
        verified=known.verified | told,
        selections={n: how for n, how in known.selections.items() if n not in told},
        known_wrong=known.known_wrong - told.keys(),
    )


def read_labelled_images(source: Archive, labels: Labels) -> Iterator[tuple[int, bytes]]:
    """(row number, encoded image) of every labelled row whose image can be read, one at a time."""
    for member in source.entries():
        if isinstance(member, Rejection):
            log.warning("%s: %s", member.file_name, member.reason)
            continue
        number = labels.numbers.get(split_name(member.name))
        if number is None or not labels.rows[number].label:
            continue
        try:
            yield number, member.read()
        except errors.EntryError as error:
            log.warning("%s: %s", member.name, error)


def name_some(names: Sequence[str]) -> str:
    """The first few of them, for a message."""
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


def _read_table(path: Path) -> Labels:
    rows = _read_rows(path)
    classes = sort_classes(row.label for row in rows if row.label is not None)
    return Labels(rows, classes, {split_name(row.file_name): number for number, row in enumerate(rows)})


def _read_verified(path: Path, known: Labels, where: str) -> dict[int, str]:
    """Settled class name by row number."""
    numbers = {split_name(row.file_name): number for number, row in enumerate(known.rows)}
    settled: dict[int, str] = {}
    for row in _read_rows(path):
        number = numbers.get(split_name(row.file_name))
        if number is None:
            raise errors.MissingFileError(f"{path.name}, line {row.line}: {where} has no such file.")
        if row.label not in known.classes:
            raise errors.MetadataError(f"{path.name}, line {row.line}: {row.label!r} is no class.")
        settled[number] = row.label
    return settled


def _read_rows(path: Path) -> list[LabelRow]:
    if path.suffix.lower() not in SUFFIXES:
        raise errors.MetadataError(f"{path.name}: a .csv, .jsonl or .parquet file is expected.")
    return read_label_table(path.name, path.read_bytes())


def _read_dataset(source: Archive) -> Labels:
    layout = read_dataset(source)
    if layout.rejections:
        names = [rejection.file_name for rejection in layout.rejections]
        log.warning("%d files or rows are left out: %s", len(names), name_some(names))
    entries = list(enumerate(layout.samples))
    return Labels(
        rows=[LabelRow(number, e.file_name, e.label, e.external_id) for number, e in entries],
        classes=layout.classes,
        numbers={split_name(e.archive_path): number for number, e in entries},
        verified={number: e.verified_label for number, e in entries if e.verified_label is not None},
        selections={number: e.selection for number, e in entries if not e.selection.is_measurable},
        known_wrong=frozenset(number for number, e in entries if e.known_wrong),
    )
