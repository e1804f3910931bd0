"""Label files with a line per image. Importable without torch."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mslg_core.errors import MetadataError
from mslg_core.label_tables import MAX_LABEL_LENGTH, decode_text, is_storable, name_repeats
from mslg_core.names import show_name, split_name


class Line(NamedTuple):
    """A line that is not empty; `where` is file and number, for messages."""

    number: int
    text: str
    where: str


def read_lines(name: str, data: bytes) -> Iterator[Line]:
    """The lines that are not empty, without blanks around them. Raises `MetadataError` unless UTF-8."""
    for number, text in enumerate(decode_text(name, data).split("\n"), start=1):
        if stripped := text.strip():
            yield Line(number, stripped, f"{show_name(name)}, line {number}")


def read_class_names(name: str, data: bytes) -> list[str]:
    """One class per line. Raises `MetadataError` for a class that stands there twice, that no label can be,
    or none at all.
    """
    lines = list(read_lines(name, data))
    refuse_repeats(name, ((line.number, line.text) for line in lines))
    if not lines:
        raise MetadataError(f"{show_name(name)} names no class: put one on each line.")
    for line in lines:
        if len(line.text) > MAX_LABEL_LENGTH or not is_storable(line.text):
            raise MetadataError(f"{line.where}: a class is text of at most {MAX_LABEL_LENGTH} characters.")
    return [line.text for line in lines]


def refuse_repeats(name: str, keys: Iterable[tuple[int, str]]) -> None:
    """Raises `MetadataError` naming the lines, `keys` being (number, path or word)."""
    if found := name_repeats([("/".join(split_name(key)), number) for number, key in keys]):
        raise MetadataError(f"{show_name(name)} names the same thing on several lines: {found}. Keep one.")
