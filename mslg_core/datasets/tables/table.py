"""Tables of labels: the one reader for `mslg clean`, metadata tables and uploads of verified labels.

Importable without torch. Labels, names and ids are kept as written; numbers of JSON and Parquet become text.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core.datasets.archives.metadata import NO_METADATA, Metadata, cell_texts, make_metadata
from mslg_core.datasets.archives.paths import MAX_NAME_BYTES, show_name
from mslg_core.datasets.tables.columns import FILE_NAME, ID, LABEL, SPLIT, VERDICT, Columns, find_columns
from mslg_core.datasets.tables.decisions import REVIEWERS, decided_only
from mslg_core.datasets.tables.records import (
    DELIMITERS,
    Cells,
    Records,
    read_delimited,
    read_json_lines,
    read_parquet,
)
from mslg_core.errors import (
    DuplicateIdError,
    DuplicateNameError,
    InputError,
    MetadataError,
    MissingFileError,
)
from mslg_core.problem import Problem

READERS: dict[str, Callable[[str, bytes], Records]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": read_parquet,
}
SUFFIXES = frozenset(READERS)
MAX_LABEL_LENGTH = 200
MAX_REVIEWERS = 100
NAMED_COLUMNS = 8
MAX_CELL_SHOWN = 40
_WHOLE = re.compile(r"(-?\d+)\.0+")
_SPECIFIC: dict[str, type[InputError]] = {
    "duplicate_name": DuplicateNameError,
    "duplicate_id": DuplicateIdError,
    "unknown_name": MissingFileError,
}


class LabelRow(NamedTuple):
    """One row of a table; an empty cell is None. Every row has a `file_name` or an `external_id`."""

    line: int
    file_name: str
    label: str | None
    external_id: str | None
    verdict: str | None = None
    split: str | None = None
    metadata: Metadata = NO_METADATA

    @property
    def answer(self) -> tuple[str | None, ...]:
        """What rows for one image must agree on."""
        return self.label, self.external_id, self.verdict, self.split

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Who decided so, where a column of lists says it."""
        return cell_texts(dict(self.metadata.items()).get(REVIEWERS))

    @property
    def name(self) -> str:
        """What the row calls its image."""
        return self.file_name or self.external_id or ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, the problems of other rows, and what was guessed, in sentences for the user."""

    name: str
    rows: list[LabelRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def check(self) -> "Table":
        """The table itself. Raises `MetadataError` or `MissingFileError` with all problems if it has any."""
        if not self.problems:
            return self
        first = self.problems[0]
        others = f" {len(self.problems) - 1:,} other lines are wrong, too." if self.problems[1:] else ""
        kind = _SPECIFIC.get(first.code, MetadataError)
        raise kind(f"{show_name(self.name)}, line {first.line}: {first.message}{others}", self.problems)


def read_table(name: str, data: bytes, answers: Sequence[str] = (LABEL,)) -> Table:
    """Read a table; the suffix of `name` selects the format. answers: columns of which one is required. Where
    verdicts are one of them, our own exports are read as what people decided.

    Raises `MetadataError` if nothing of the file can be read.
    """
    reader = READERS.get(PurePosixPath(name).suffix.lower())
    if reader is None or data.startswith(b"PK\x03\x04"):
        raise MetadataError(
            f"{show_name(name)} is not a table that can be read: save it as .csv, .tsv, .jsonl or .parquet."
        )
    records = reader(name, data)
    if VERDICT in answers:
        records = decided_only(records)
    columns = find_columns(records.header)
    table = Table(name, notes=[*records.notes, *columns.notes])
    rows = list(records.rows) if LABEL not in columns.positions else records.rows
    if not records.header and rows:  # no row of JSON lines can be read
        return Table(name, problems=[row for row in rows if isinstance(row, Problem)], notes=table.notes)
    one_hot = _one_hot(records.header, columns, rows) if isinstance(rows, list) else {}
    _check_header(name, records.header, columns, (*answers, *([LABEL] if one_hot else [])), one_hot)
    if one_hot:
        table.notes.append(f"{show_name(name)} has a column per class; the label is the column with a 1.")
    others = _Others.of(records.header, columns, one_hot)
    for record in rows:
        row = record if isinstance(record, Problem) else _row(*record, columns.positions, one_hot)
        if isinstance(row, Problem):
            table.problems.append(row)
        else:
            table.rows.append(row._replace(metadata=others.read(record[1])))
    _shorten_whole_numbers(table)
    return table


class _Others(NamedTuple):
    """The columns that are kept as metadata."""

    names: tuple[str, ...]
    positions: tuple[int, ...]

    @classmethod
    def of(cls, header: Sequence[str], columns: Columns, one_hot: dict[int, str]) -> "_Others":
        kept = sorted({*columns.others, *columns.passed_over}.difference(one_hot))
        return cls(tuple(header[position] for position in kept), tuple(kept))

    def read(self, cells: Cells) -> Metadata:
        return make_metadata(self.names, [cells[position] for position in self.positions])


def read_label_table(name: str, data: bytes) -> Table:
    """A table of given labels, one row per image. Raises `MetadataError` with all problems."""
    return without_repetitions(read_table(name, data)).check()


def without_repetitions(table: Table) -> Table:
    """The table with identical rows once; rows that contradict each other, or share an id, are problems."""
    kept: dict[str, LabelRow] = {}
    ids: dict[str, LabelRow] = {}
    problems, repeated = list(table.problems), 0
    for row in table.rows:
        earlier = kept.setdefault(_key(row), row)
        if earlier is row:
            owner = ids.setdefault(row.external_id, row) if row.external_id is not None else row
            problems += [_same_id(row, owner)] if owner is not row else []
        elif row.answer == earlier.answer:
            repeated += 1
        else:
            problems.append(_contradiction(row, earlier))
    note = [f"{show_name(table.name)} repeats {repeated:,} rows; each counts once."] if repeated else []
    return Table(table.name, list(kept.values()), problems, [*table.notes, *note])


def is_storable(cell: str | None) -> bool:
    """Whether a cell can be stored: no null characters, no surrogates."""
    return cell is None or ("\0" not in cell and not any("\ud800" <= c <= "\udfff" for c in cell))


def may_be_reviewers(names: Sequence[str]) -> bool:
    """Whether the names of those who decided can be stored: few, short, see `is_storable`."""
    return len(names) <= MAX_REVIEWERS and all(len(n) <= MAX_LABEL_LENGTH and is_storable(n) for n in names)


def _key(row: LabelRow) -> str:
    return "/".join(part for part in row.name.replace("\\", "/").split("/") if part != ".")


def _same_id(row: LabelRow, owner: LabelRow) -> Problem:
    message = f"The id {show_name(row.external_id or '')!r} is also on line {owner.line}. Ids must be unique."
    return Problem("duplicate_id", message, row.line, row.name)


def _contradiction(row: LabelRow, earlier: LabelRow) -> Problem:
    message = (
        f"Line {earlier.line} names the same file {show_name(row.name)!r} with other cells: "
        f"{earlier.label!r} there, {row.label!r} here. Keep one."
    )
    return Problem("duplicate_name", message, row.line, row.name)


def _check_header(
    name: str, header: Sequence[str], columns: Columns, answers: Sequence[str], one_hot: object
) -> None:
    """Raises `MetadataError` that says what is missing and what was seen."""
    problem = columns.problem
    if problem is None:
        missing = [] if one_hot or any(a in columns.positions for a in answers) else [" or ".join(answers)]
        if FILE_NAME not in columns.positions and ID not in columns.positions:
            missing.insert(0, "file_name")
        if not missing:
            return
        problem = f"the first line must name the columns, and {' and '.join(missing)} is missing"
    seen = ", ".join(repr(_short(str(cell))) for cell in header[:NAMED_COLUMNS]) or "nothing"
    message = f"{problem[0].upper()}{problem[1:]}. It has {seen}{_delimiter_hint(header)}."
    raise MetadataError(f"{show_name(name)}, line 1: {message}", [Problem("bad_header", message, 1)])


def _short(text: str) -> str:
    """The text, shown in a message."""
    return show_name(text[:MAX_CELL_SHOWN]) + ("…" if len(text) > MAX_CELL_SHOWN else "")


def _delimiter_hint(header: Sequence[str]) -> str:
    if len(header) != 1:
        return ""
    return f"; {', '.join(DELIMITERS.values())} are known as delimiters"


def _row(line: int, cells: Cells, positions: dict[str, int], one_hot: dict[int, str]) -> LabelRow | Problem:
    values: dict[str, str | None] = {}
    for column, position in positions.items():
        cell = _text(cells[position])
        if cell is None or not is_storable(cell):
            return _bad_cell(line, column, cells[position])
        values[column] = cell.strip() if column in (VERDICT, SPLIT) else cell
    name, identifier = values.get(FILE_NAME) or "", values.get(ID) or None
    if not (name or identifier):
        return Problem("name_missing", "The line names no image: fill in file_name or id.", line)
    if len(name or identifier or "") > MAX_NAME_BYTES:
        return Problem("bad_name", f"The name has more than {MAX_NAME_BYTES:,} characters.", line)
    label = _chosen(cells, one_hot) if one_hot else values.get(LABEL) or None
    row = LabelRow(line, name, label, identifier, values.get(VERDICT) or None, values.get(SPLIT) or None)
    return _check_label(row, sum(bool(_flag(cells[n])) for n in one_hot))


def _check_label(row: LabelRow, num_classes: int) -> LabelRow | Problem:
    if num_classes > 1:
        message = f"The line has a 1 for {num_classes} classes: keep one, because an image has one label."
        return Problem("several_classes", message, row.line, row.name)
    if row.label is not None and len(row.label) > MAX_LABEL_LENGTH:
        message = f"The label has more than {MAX_LABEL_LENGTH} characters."
        return Problem("bad_label", message, row.line, row.name)
    return row


def _bad_cell(line: int, column: str, cell: object) -> Problem:
    code = "bad_label" if column == LABEL else "bad_verdict" if column == VERDICT else "bad_name"
    shown = _short(str(cell))
    message = f"The {column} must be text or a whole number without NUL characters, not {shown!r}."
    return Problem(code, message, line)


def _text(cell: object) -> str | None:
    """The cell as text, "" if it is missing, None if it is neither text nor a whole number."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else None
    return str(cell) if isinstance(cell, str | bool | int) else None


def _one_hot(header: Sequence[str], columns: Columns, rows: Iterable[object]) -> dict[int, str]:
    """Class name by position if there is no label, and all other cells are 0 or 1; as Roboflow exports."""
    others = columns.others
    if len(others) < 2 or VERDICT in columns.positions:
        return {}
    complete = [row[1] for row in rows if isinstance(row, tuple) and not isinstance(row, Problem)]
    if not complete or not all(_flag(cells[n]) is not None for cells in complete for n in others):
        return {}
    return {position: header[position].strip() for position in others}


def _flag(cell: object) -> bool | None:
    return {"0": False, "1": True, "0.0": False, "1.0": True, "": False}.get((_text(cell) or "").strip())


def _chosen(cells: Cells, one_hot: dict[int, str]) -> str | None:
    return next((name for position, name in one_hot.items() if _flag(cells[position])), None)


def _shorten_whole_numbers(table: Table) -> None:
    """Read "3.0" as "3" if every label is such a number, which pandas writes for whole numbers with gaps."""
    labels = [row.label for row in table.rows if row.label is not None]
    if not labels or not all(_WHOLE.fullmatch(label) for label in labels):
        return
    table.rows[:] = [
        row if row.label is None else row._replace(label=row.label.split(".")[0]) for row in table.rows
    ]
    table.notes.append(f"{show_name(table.name)}: labels such as {labels[0]} are read as whole numbers.")
