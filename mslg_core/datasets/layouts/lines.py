"""Label files with one image or class per line. Importable without torch."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts.base import Path
from mslg_core.datasets.tables.table import MAX_LABEL_LENGTH, is_storable
from mslg_core.datasets.tables.text import decode_utf8
from mslg_core.errors import MetadataError


class Line(NamedTuple):
    """A line that is not empty."""

    file: str
    number: int
    text: str

    @property
    def where(self) -> str:
        """File and line number, for messages."""
        return f"{show_name(self.file)}, line {self.number}"


def read_lines(name: str, data: bytes) -> Iterator[Line]:
    """The stripped lines that are not empty. Raises `MetadataError` unless the file is UTF-8."""
    for number, text in enumerate(decode_utf8(name, data).split("\n"), start=1):
        if stripped := text.strip():
            yield Line(name, number, stripped)


def read_class_names(name: str, data: bytes) -> list[str]:
    """Class names, one per line; the position is the class number.

    Raises `MetadataError` for no class, a repeated class, an empty line in between, or an invalid label.
    """
    lines = list(read_lines(name, data))
    numbers: dict[str, Line] = {}
    for line in lines:
        if (earlier := numbers.setdefault(line.text, line)) is not line:
            raise contradiction(line, earlier)
    if not lines:
        raise MetadataError(f"{show_name(name)} names no class: write one class per line.")
    if lines[-1].number != len(lines):
        raise MetadataError(f"{show_name(name)} has empty lines between its classes: remove them.")
    for line in lines:
        if len(line.text) > MAX_LABEL_LENGTH or not is_storable(line.text):
            raise MetadataError(
                f"{line.where}: a class name is text of at most {MAX_LABEL_LENGTH} characters."
            )
    return [line.text for line in lines]


def by_path(lines: Iterable[Line]) -> dict[Path, Line]:
    """Lines that are paths, by path; the first of equal paths wins."""
    found: dict[Path, Line] = {}
    for line in lines:
        found.setdefault(split_name(line.text), line)
    return found


def contradiction(line: Line, earlier: Line) -> MetadataError:
    """The error for two lines that contradict each other. Repeated lines that agree are accepted."""
    return MetadataError(f"{line.where} contradicts {earlier.where}: keep one of them.")
