"""Reads the labels and images of `mslg clean`. Importable without torch."""

import logging
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.detect import read_dataset, sort_classes
from mslg_core.datasets.layouts.label_tables import SUFFIXES, LabelRow, read_label_table
from mslg_rules.selection import Selection

log = logging.getLogger(__name__)

MAX_NAMED = 10  # names in a message

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels, read before any image.

    rows: one per row of the label table, or per image of a dataset that contains its labels. numbers: row
    number by path of the image. verified: true class name by row number. selections: how verified samples
    were chosen, for those that are not a random sample. known_wrong: rows whose label is wrong while the true
    class is unknown.
    """

    rows: Sequence[LabelRow]
    classes: tuple[str, ...]
    numbers: dict[Key, int]
    verified: dict[int, str] = field(default_factory=dict)
    selections: Mapping[int, Selection] = field(default_factory=dict)
    known_wrong: frozenset[int] = frozenset()


def read_labels(source: Archive, labels: Path | None, verified: Path | None) -> Labels:
    """The labels in the table `labels`, or else those of the dataset itself. The table `verified` takes
    precedence over verified labels in the dataset.

    Raises `MetadataError`, `LayoutError`, `NoLabelsError`, `OneClassError`, `MissingFileError`.
    """
    known = _read_dataset(source) if labels is None else _read_table(labels)
    if verified is None:
        return known
    settled = _read_verified(verified, known, "the dataset" if labels is None else labels.name)
    return replace(
        known,
        verified=known.verified | settled,
        selections={n: how for n, how in known.selections.items() if n not in settled},
        known_wrong=known.known_wrong - settled.keys(),
    )


def read_labelled_images(
    source: Archive, labels: Labels, wanted: Container[int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield (row number, encoded image) for every labelled row with a readable file, in the archive's order.

    wanted: the row numbers that are read, by default all. Only then are other files logged.
    """
    report = log.warning if wanted is None else log.debug
    for entry in source.entries():
        if isinstance(entry, Rejection):
            report("%s: %s", entry.file_name, entry.reason)
            continue
        number = labels.numbers.get(split_name(entry.name))
        if number is None or not labels.rows[number].label or not (wanted is None or number in wanted):
            continue
        try:
            yield number, entry.read()
        except errors.EntryError as error:
            report("%s: %s", entry.name, error)


def name_some(names: Sequence[str]) -> str:
    """The first names, shortened for a message."""
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


def _read_table(path: Path) -> Labels:
    rows = _read_rows(path)
    classes = sort_classes(row.label for row in rows if row.label is not None)
    return Labels(rows, classes, {split_name(row.file_name): number for number, row in enumerate(rows)})


def _read_verified(path: Path, known: Labels, where: str) -> dict[int, str]:
    """True class name by row number."""
    numbers = {split_name(row.file_name): number for number, row in enumerate(known.rows)}
    settled: dict[int, str] = {}
    for row in _read_rows(path):
        number = numbers.get(split_name(row.file_name))
        if number is None:
            raise errors.MissingFileError(
                f"{path.name}, line {row.line}: {where} does not contain this file."
            )
        if row.label not in known.classes:
            raise errors.MetadataError(f"{path.name}, line {row.line}: {row.label!r} is not a class.")
        settled[number] = row.label
    return settled


def _read_rows(path: Path) -> list[LabelRow]:
    if path.suffix.lower() not in SUFFIXES:
        raise errors.MetadataError(f"{path.name}: expected a .csv, .jsonl or .parquet file.")
    return read_label_table(path.name, path.read_bytes())


def _read_dataset(source: Archive) -> Labels:
    layout = read_dataset(source)
    if layout.rejections:
        names = [rejection.file_name for rejection in layout.rejections]
        log.warning("%d files or rows are left out: %s", len(names), name_some(names))
    samples = list(enumerate(layout.samples))
    return Labels(
        rows=[LabelRow(number, s.file_name, s.label, s.external_id) for number, s in samples],
        classes=layout.classes,
        numbers={split_name(s.archive_path): number for number, s in samples},
        verified={number: s.verified_label for number, s in samples if s.verified_label is not None},
        selections={number: s.selection for number, s in samples if not s.selection.is_measurable},
        known_wrong=frozenset(number for number, s in samples if s.known_wrong),
    )
