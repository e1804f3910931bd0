"""Reads the labels and images of `mslg clean`. Importable without torch."""

import logging
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from mslg_core import errors
from mslg_core.cleaning.verified_rows import VerifiedRows
from mslg_core.configs.reading import AS_RECOGNISED, ReadingConfig
from mslg_core.datasets.archives.archive import Archive, Rejection
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.detect import Layout, read_dataset, sort_classes
from mslg_core.datasets.layouts import label_tables
from mslg_core.datasets.layouts.base import unlabelled
from mslg_core.datasets.tables.columns import LABEL, VERDICT
from mslg_core.datasets.tables.table import LabelRow, Table, read_label_table, read_table, without_repetitions
from mslg_rules.names import Matches, match_names
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

log = logging.getLogger(__name__)

MAX_NAMED = 10  # names in a message

Key = tuple[str, ...]


class Beside(NamedTuple):
    """A second folder or archive, of verified images, and row numbers by path of the image in it."""

    source: Archive
    numbers: dict[Key, int]


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels, read before any image.

    rows: one per row of the label table, or per image of a dataset that contains its labels. numbers: row
    number by path of the image. verified: true class name by row number. selections: how verified samples
    were chosen, for those that are not a random sample. open_verdicts: what people found without naming a
    class. The other fields are those of `Layout`; `notes` is about all tables.

    The last `num_separate` rows are verified images beside the dataset, which are not part of the output.
    beside: their folder or archive, if they have one of their own.
    """

    rows: Sequence[LabelRow]
    classes: tuple[str, ...]
    numbers: dict[Key, int]
    verified: dict[int, str] = field(default_factory=dict)
    selections: Mapping[int, Selection] = field(default_factory=dict)
    open_verdicts: Mapping[int, Verdict] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()
    layout: str = label_tables.NAME
    tables: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    num_separate: int = 0
    beside: Beside | None = None

    @property
    def num_given(self) -> int:
        """Rows of the dataset itself."""
        return len(self.rows) - self.num_separate

    def is_learnable(self, number: int) -> bool:
        """Whether the row has a given or a verified label, and nobody found its image unusable."""
        if self.open_verdicts.get(number) is Verdict.UNUSABLE:
            return False
        return self.rows[number].label is not None or number in self.verified

    def verdict(self, number: int) -> Verdict | None:
        """What people found about the row; None: nothing."""
        if number not in self.verified:
            return self.open_verdicts.get(number)
        is_given = self.rows[number].label in {None, self.verified[number]}
        return Verdict.CORRECT if is_given else Verdict.WRONG


def read_labels(
    source: Archive, labels: Path | None, verified: Path | None, choices: ReadingConfig = AS_RECOGNISED
) -> Labels:
    """The labels in the table `labels`, or else those of the dataset itself. The table `verified` takes
    precedence over verified labels in the dataset.

    Raises `MetadataError`, `LayoutError`, `NoLabelsError`, `OneClassError`, `MissingFileError`.
    """
    known = _read_dataset(source, choices) if labels is None else _read_table(source, labels, choices)
    if verified is not None:
        known = _with_verified(known, verified, source, "the dataset" if labels is None else labels.name)
    return known


def read_labelled_images(
    source: Archive, labels: Labels, wanted: Container[int] | None = None
) -> Iterator[tuple[int, bytes]]:
    """Yield (row number, encoded image) for every row with a given or verified label and a readable file, in
    the archive's order; then those beside the dataset.

    wanted: the row numbers that are read, by default all. Only then are other files logged.
    """
    yield from _read_rows(source, labels.numbers, labels, wanted)
    if labels.beside is not None:
        yield from _read_rows(*labels.beside, labels, wanted)


def _read_rows(
    source: Archive, numbers: Mapping[Key, int], labels: Labels, wanted: Container[int] | None
) -> Iterator[tuple[int, bytes]]:
    report = log.warning if wanted is None else log.debug
    for entry in source.entries():
        if isinstance(entry, Rejection):
            report("%s: %s", entry.file_name, entry.reason)
            continue
        number = numbers.get(split_name(entry.name))
        if number is None or not labels.is_learnable(number) or not (wanted is None or number in wanted):
            continue
        try:
            yield number, entry.read()
        except errors.EntryError as error:
            report("%s: %s", entry.name, error)


def _append_unlabelled(known: Labels, source: Archive, table: Table) -> Labels:
    """The labels, with a row for every image that only the table of verified labels names."""
    names = [row.name for row in table.rows]
    named = match_names(names, [row.file_name for row in known.rows]).found
    missing = [row for number, row in enumerate(table.rows) if row.file_name and number not in named]
    if not missing:
        return known
    files = [
        entry.name
        for entry in source.entries()
        if not isinstance(entry, Rejection) and split_name(entry.name) not in known.numbers
    ]
    found = sorted(match_names([row.name for row in missing], files).found.items())
    rows = [LabelRow(missing[number].line, missing[number].name, None, None) for number, _ in found]
    paths = {split_name(files[file]): n for n, (_, file) in enumerate(found, start=len(known.rows))}
    return replace(
        known,
        rows=[*known.rows, *rows],
        numbers=known.numbers | paths,
        num_separate=known.num_separate + len(rows),
    )


def name_some(names: Sequence[str]) -> str:
    """The first names, shortened for a message."""
    return ", ".join(names[:MAX_NAMED]) + (", …" if len(names) > MAX_NAMED else "")


def _read_table(source: Archive, path: Path, choices: ReadingConfig) -> Labels:
    """The labels of a table for the images in `source`."""
    table = read_label_table(path.name, path.read_bytes())
    if not table.rows:
        raise errors.MetadataError(f"{path.name} has a header but no rows.")
    entries = list(source.entries())
    files = [entry.name for entry in entries if not isinstance(entry, Rejection)]
    matches = match_names([row.name for row in table.rows], files)
    if files and not matches.found:
        raise errors.MissingFileError(
            f"{path.name}: none of its {len(table.rows):,} names is an image. It says "
            f"{table.rows[0].name!r}, there are files such as {files[0]!r}. Correct the paths."
        )
    refused = [entry for entry in entries if isinstance(entry, Rejection)]
    rows = [_choose(row, choices) for row in table.rows]
    return Labels(
        rows,
        sort_classes(row.label for row in rows if row.label is not None),
        {split_name(files[file]): number for number, file in matches.found.items()},
        rejections=(*refused, *_unmatched(path.name, rows, files, matches)),
        notes=(*table.notes, *matches.notes(path.name)),
        tables=(path.name,),
    )


def _choose(row: LabelRow, choices: ReadingConfig) -> LabelRow:
    """The row under its name, with a merged label, or without the label of an excluded class."""
    label = None if row.label in choices.exclude else choices.merge.get(row.label or "", row.label or "")
    return row._replace(file_name=row.name, label=label or None)


def _unmatched(
    table: str, rows: Sequence[LabelRow], files: Sequence[str], matches: Matches
) -> Iterator[Rejection]:
    """Why rows have no file or no label, and files no row."""
    for number, row in enumerate(rows):
        where = f"{table}, line {row.line}"
        if number not in matches.found:
            yield Rejection.of(row.name, _why_unmatched(where, number, files, matches))
    named = set(matches.found.values())
    for index, name in enumerate(files):
        if index not in named:
            yield Rejection.of(name, unlabelled(name))


def _why_unmatched(
    where: str, number: int, files: Sequence[str], matches: Matches
) -> errors.MissingFileError | errors.AmbiguousNameError:
    candidates = matches.ambiguous.get(number)
    if candidates is None:
        return errors.MissingFileError(f"{where} names a file that does not exist.")
    shown = ", ".join(show_name(files[index]) for index in candidates[:2])
    return errors.AmbiguousNameError(f"{where} may mean {shown}, as other lines may: write the path.")


def _with_verified(known: Labels, path: Path, source: Archive, where: str) -> Labels:
    """The labels with those of a table of verified ones. Raises `MetadataError` with all bad lines."""
    table = without_repetitions(read_table(path.name, path.read_bytes(), (LABEL, VERDICT)))
    if not (table.rows or table.problems):
        raise errors.MetadataError(f"{path.name} has a header but no rows.")
    known = _append_unlabelled(known, source, table)
    files = [row.file_name for row in known.rows]
    matches = match_names([row.name for row in table.rows], files)
    found = VerifiedRows(known.rows, known.classes, where, matches)
    for number, row in enumerate(table.rows):
        found.add(number, row)
    replace(table, problems=sorted([*table.problems, *found.problems], key=lambda p: p.line or 0)).check()
    decided = found.settled.keys() | found.open_verdicts.keys()
    verified = {number: label for number, label in known.verified.items() if number not in decided}
    others = {number: verdict for number, verdict in known.open_verdicts.items() if number not in decided}
    return replace(
        known,
        verified=verified | found.settled,
        selections={n: how for n, how in known.selections.items() if n not in decided},
        open_verdicts=others | found.open_verdicts,
        notes=(*known.notes, *table.notes, *matches.notes(path.name), *found.classes.notes()),
    )


def _read_dataset(source: Archive, choices: ReadingConfig) -> Labels:
    layout = read_dataset(source, choices)
    log_rejections(layout)
    samples = list(enumerate(layout.samples))
    return Labels(
        rows=[
            LabelRow(n, s.file_name, s.label, s.external_id, split=s.source_split, metadata=s.metadata)
            for n, s in samples
        ],
        classes=layout.classes,
        numbers={split_name(s.archive_path): number for number, s in samples},
        verified={number: s.verified_label for number, s in samples if s.verified_label is not None},
        selections={number: s.selection for number, s in samples if not s.selection.is_measurable},
        open_verdicts={number: s.open_verdict for number, s in samples if s.open_verdict is not None},
        rejections=layout.rejections,
        notes=layout.notes,
        layout=layout.name,
        tables=layout.tables,
        candidates=layout.candidates,
    )


def log_rejections(layout: Layout) -> None:
    """Log how many files or rows are left out, and the first of them."""
    if layout.rejections:
        names = [rejection.file_name for rejection in layout.rejections]
        log.warning("%d files or rows are left out: %s", len(names), name_some(names))
