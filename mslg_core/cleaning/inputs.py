"""Reads the labels and images of `mslg clean`. Importable without torch."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.detect import Layout, read_dataset, read_verified_images, sort_classes
from mslg_core.datasets.layouts.label_tables import SUFFIXES, LabelRow, read_label_table
from mslg_rules.selection import Selection

log = logging.getLogger(__name__)

MAX_NAMED = 10  # names in a message

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels, read before any image.

    rows: one per row of the label table, or per image of a dataset that contains its labels; then one per
    verified image beside these, from number `num_given` on, which are not part of the output. numbers,
    separate_numbers: row number by path of the image, in the dataset and in the second source of images.
    verified: true class name by row number. selections: how verified samples were chosen, for those that are
    not a random sample. known_wrong: rows whose label is wrong while the true class is unknown.
    """

    rows: Sequence[LabelRow]
    classes: tuple[str, ...]
    numbers: dict[Key, int]
    verified: dict[int, str] = field(default_factory=dict)
    selections: Mapping[int, Selection] = field(default_factory=dict)
    known_wrong: frozenset[int] = frozenset()
    num_separate: int = 0
    separate_numbers: dict[Key, int] = field(default_factory=dict)

    @property
    def num_given(self) -> int:
        """Rows of the dataset itself."""
        return len(self.rows) - self.num_separate

    def is_learnable(self, number: int) -> bool:
        """Whether the row has a given or a verified label."""
        return self.rows[number].label is not None or number in self.verified


def read_labels(source: Archive, labels: Path | None, verified: Path | None) -> Labels:
    """The labels in the table `labels`, or else those of the dataset itself. The table `verified` takes
    precedence over verified labels in the dataset.

    Raises `MetadataError`, `LayoutError`, `NoLabelsError`, `OneClassError`, `MissingFileError`.
    """
    known = _read_dataset(source) if labels is None else _read_table(labels)
    if verified is None:
        return known
    table = _read_rows(verified)
    known = append_unlabelled(known, source, table)
    settled = _read_verified(verified, table, known)
    return replace(
        known,
        verified=known.verified | settled,
        selections={n: how for n, how in known.selections.items() if n not in settled},
        known_wrong=known.known_wrong - settled.keys(),
    )


def read_labelled_images(
    source: Archive, labels: Labels, numbers: Mapping[Key, int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield (row number, encoded image) for every row with a given or a verified label and a readable file.

    numbers: row number by path in `source`; by default those of the dataset.
    """
    numbers = labels.numbers if numbers is None else numbers
    for entry in source.entries():
        if isinstance(entry, Rejection):
            log.warning("%s: %s", entry.file_name, entry.reason)
            continue
        number = numbers.get(split_name(entry.name))
        if number is None or not labels.is_learnable(number):
            continue
        try:
            yield number, entry.read()
        except errors.EntryError as error:
            log.warning("%s: %s", entry.name, error)


def append_unlabelled(known: Labels, source: Archive, table: Sequence[LabelRow]) -> Labels:
    """The labels, with a row for every image that only the table of verified labels names."""
    numbers = _numbers_by_name(known)
    missing = {path: row for row in table if (path := split_name(row.file_name)) not in numbers}
    if not missing:
        return known
    names = {split_name(entry.name) for entry in source.entries() if not isinstance(entry, Rejection)}
    found = [(path, row) for path, row in missing.items() if path in names]
    return replace(
        known,
        rows=[*known.rows, *(row._replace(label=None, external_id=None) for _, row in found)],
        numbers=known.numbers | {path: number for number, (path, _) in enumerate(found, len(known.rows))},
        num_separate=known.num_separate + len(found),
    )


def append_verified_images(known: Labels, source: Archive) -> Labels:
    """The labels, with a row for every image of `source`, a folder or archive of verified images.

    Raises what `read_verified_images` raises.
    """
    layout = read_verified_images(source, known.classes)
    _log_rejections(layout)
    numbered = list(enumerate(layout.samples, start=len(known.rows)))
    return replace(
        known,
        rows=[*known.rows, *(LabelRow(number, s.file_name, None, None) for number, s in numbered)],
        verified=known.verified | {n: s.verified_label for n, s in numbered if s.verified_label is not None},
        num_separate=known.num_separate + len(numbered),
        separate_numbers={split_name(s.archive_path): number for number, s in numbered},
    )


def name_some(names: Sequence[str]) -> str:
    """The first names, shortened for a message."""
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


def _read_table(path: Path) -> Labels:
    rows = _read_rows(path)
    classes = sort_classes(row.label for row in rows if row.label is not None)
    return Labels(rows, classes, {split_name(row.file_name): number for number, row in enumerate(rows)})


def _read_verified(path: Path, table: Sequence[LabelRow], known: Labels) -> dict[int, str]:
    """True class name by row number."""
    numbers = _numbers_by_name(known)
    settled: dict[int, str] = {}
    for row in table:
        number = numbers.get(split_name(row.file_name))
        if number is None:
            raise errors.MissingFileError(
                f"{path.name}, line {row.line}: there is no image {row.file_name!r}, neither with a given "
                "label nor without one."
            )
        if row.label not in known.classes:
            raise errors.MetadataError(f"{path.name}, line {row.line}: {row.label!r} is not a class.")
        settled[number] = row.label
    return settled


def _numbers_by_name(known: Labels) -> dict[Key, int]:
    return {split_name(row.file_name): number for number, row in enumerate(known.rows)}


def _read_rows(path: Path) -> list[LabelRow]:
    if path.suffix.lower() not in SUFFIXES:
        raise errors.MetadataError(f"{path.name}: expected a .csv, .jsonl or .parquet file.")
    return read_label_table(path.name, path.read_bytes())


def _read_dataset(source: Archive) -> Labels:
    layout = read_dataset(source)
    _log_rejections(layout)
    samples = list(enumerate(layout.samples))
    return Labels(
        rows=[LabelRow(number, s.file_name, s.label, s.external_id) for number, s in samples],
        classes=layout.classes,
        numbers={split_name(s.archive_path): number for number, s in samples},
        verified={number: s.verified_label for number, s in samples if s.verified_label is not None},
        selections={number: s.selection for number, s in samples if not s.selection.is_measurable},
        known_wrong=frozenset(number for number, s in samples if s.known_wrong),
    )


def _log_rejections(layout: Layout) -> None:
    if layout.rejections:
        names = [rejection.file_name for rejection in layout.rejections]
        log.warning("%d files or rows are left out: %s", len(names), name_some(names))
