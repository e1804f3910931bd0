"""The columns of a table of labels, under the names that people give them. Importable without torch."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

FILE_NAME, ID, LABEL, VERDICT, SPLIT = "file_name", "id", "label", "verdict", "split"

# Compared without case, blanks, hyphens and underscores. The first name is ours and wins over the others.
SYNONYMS = {
    FILE_NAME: (
        *("filename", "path", "filepath", "imagepath", "imgpath", "imagefile", "imagefilename"),
        *("imagename", "imgname", "file", "image", "img"),
    ),
    ID: ("id", "externalid", "imageid", "imgid", "sampleid"),
    LABEL: ("label", "labels", "class", "classname", "labelname", "target", "category", "categoryname"),
    VERDICT: ("verdict",),
    SPLIT: ("split", "subset", "partition"),
}
# Between several of these the choice is harmless: a path that fits no file is refused.
HARMLESS = (FILE_NAME, ID, SPLIT)


class Columns(NamedTuple):
    """Position by column. others: positions of unknown columns. passed_over: of those that might have been
    chosen instead. notes: choices, for the user. problem: why the header cannot be used.
    """

    positions: dict[str, int]
    others: list[int]
    notes: list[str]
    problem: str | None = None
    passed_over: tuple[int, ...] = ()


def find_columns(header: Sequence[str]) -> Columns:
    """Find the columns in a header."""
    squeezed = [_squeeze(name) for name in header]
    positions: dict[str, int] = {}
    notes: list[str] = []
    known: set[int] = set()
    for column, names in SYNONYMS.items():
        found = sorted(
            (names.index(name), position) for position, name in enumerate(squeezed) if name in names
        )
        known.update(position for _, position in found)
        if not found:
            continue
        if problem := _problem(column, found, header):
            return Columns({}, [], [], problem)
        positions[column] = found[0][1]
        if len(found) > 1:
            others = " and ".join(repr(header[position]) for _, position in found[1:])
            notes.append(
                f"The column {header[found[0][1]]!r} is read as {column}; {others} is kept as metadata."
            )
    unknown = [n for n, name in enumerate(squeezed) if n not in known and not _is_index(name)]
    passed_over = tuple(sorted(known.difference(positions.values())))
    return Columns(positions, unknown, notes, passed_over=passed_over)


def _problem(column: str, found: Sequence[tuple[int, int]], header: Sequence[str]) -> str | None:
    """Why it is unclear which column is meant."""
    ranks = [rank for rank, _ in found]
    names = " and ".join(repr(header[position]) for _, position in found)
    if ranks.count(ranks[0]) > 1:
        return f"duplicate column {header[found[0][1]]!r}: keep one"
    if len(found) > 1 and ranks[0] > 0 and column not in HARMLESS:
        return f"{names} may all mean the {column}: rename the right one to {column!r}"
    return None


def _squeeze(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in text if not (c.isspace() or c in "_-\ufeff"))


def _is_index(squeezed: str) -> bool:
    """Whether pandas or a spreadsheet wrote the column to number the rows."""
    return squeezed in ("", "index", "level0") or squeezed.startswith("unnamed:")
