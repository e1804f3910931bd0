"""Matches the rows of tables with the files of an archive. Importable without torch."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts.base import LabelLine, Path, Sample, is_image_name
from mslg_core.datasets.layouts.splits import split_of, split_of_table
from mslg_core.datasets.tables.table import LabelRow, Table
from mslg_core.problem import Problem
from mslg_rules.names import Matches, match_names

NO_MATCH = Matches()


class MatchedTable(NamedTuple):
    """A table, its folder, and the files that its rows name; `matches` has indices of `files`."""

    table: Table
    folder: Path
    files: Sequence[str]
    matches: Matches

    @property
    def notes(self) -> list[str]:
        """What was guessed, in sentences for the user."""
        return [*self.table.notes, *self.matches.notes(show_name(self.table.name))]


def match_table(table: Table, folder: Path, files: Sequence[str]) -> MatchedTable:
    """Match a table with files: of its split, below its own folder, or anywhere; the first place with any.

    Paths are relative to the folder of the table, or complete.
    """
    names = [row.name for row in table.rows]
    scope, matches = files, NO_MATCH
    for scope in _scopes(table, folder, files):
        matches = match_names(names, [_relative(name, folder) for name in scope])
        if matches.found:
            break
    return MatchedTable(table, folder, scope, matches)


def _scopes(table: Table, folder: Path, files: Sequence[str]) -> Iterator[Sequence[str]]:
    split = split_of_table(table.name)
    if split is not None:
        yield [name for name in files if split_of(name) == split and is_image_name(name)]
    if folder:
        yield [name for name in files if split_name(name)[: len(folder)] == folder]
    yield files


def _relative(name: str, folder: Path) -> str:
    parts = split_name(name)
    return "/".join(parts[len(folder) :] if parts[: len(folder)] == folder else parts)


def label_lines(matched: Sequence[MatchedTable]) -> Mapping[Path, LabelLine]:
    """The lines by the path of the file that they name. Raises `MetadataError` if tables contradict."""
    lines: dict[Path, LabelLine] = {}
    problems: list[Problem] = []
    by_path = _file_names_repeat(matched)
    for table in matched:
        for number, row in enumerate(table.table.rows):
            path, line = _line(table, number, row, by_path)
            earlier = lines.setdefault(path, line)
            if _label(earlier) != _label(line):
                message = f"{line.where} contradicts {earlier.where}: keep one of them."
                problems.append(Problem("contradiction", message, row.line, row.name))
    if problems:
        raise errors.MetadataError(problems[0].message, problems)
    return lines


def _label(line: LabelLine) -> str | None:
    return None if line.sample is None else line.sample.label


def _file_names_repeat(matched: Sequence[MatchedTable]) -> bool:
    """Whether tables use the same name for different files, so that only paths tell them apart."""
    names = [row.name for table in matched for row in table.table.rows]
    return len(matched) > 1 and len(set(names)) < len(names)


def _line(table: MatchedTable, number: int, row: LabelRow, by_path: bool) -> tuple[Path, LabelLine]:
    index = table.matches.found.get(number)
    path = (*table.folder, *split_name(row.name)) if index is None else split_name(table.files[index])
    file_name = row.file_name if row.file_name and not by_path else "/".join(path)
    split = row.split or split_of_table(table.table.name)
    sample = Sample(
        "", file_name, row.label or None, row.external_id, source_split=split, metadata=row.metadata
    )
    error = _why_missing(table, number, row) if index is None else None
    return path, LabelLine(table.table.name, row.line, row.name, sample, error)


def _why_missing(table: MatchedTable, number: int, row: LabelRow) -> errors.LabelError:
    where = f"{show_name(table.table.name)}, line {row.line}"
    candidates = table.matches.ambiguous.get(number)
    if candidates is None:
        return errors.MissingFileError(f"{where} names a file that does not exist.")
    shown = ", ".join(show_name(table.files[index]) for index in candidates[:2])
    message = f"{where}: {show_name(row.name)!r} may be any of {shown}: write the path."
    return errors.AmbiguousNameError(message if len(candidates) > 1 else _shared(where, shown))


def _shared(where: str, file: str) -> str:
    return f"{where}: other lines may also mean {file}: write the path."
