"""Decodes text files of unknown encoding. Importable without torch."""

import codecs
from typing import NamedTuple

from mslg_core.datasets.archives.paths import show_name
from mslg_core.errors import MetadataError

# The mark of UTF-32 starts with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of what Excel writes: Western European Windows. Guessing among the code pages by letter frequencies
# (charset-normalizer) reads the cp1252 word "señor" as cp1250 "seńor", and CJK as Korean.
GUESS = "cp1252"
SHOWN = 40


class Text(NamedTuple):
    """Decoded text, and a sentence for the user if the encoding was guessed."""

    content: str
    note: str | None = None


def decode_text(name: str, data: bytes) -> Text:
    """The text without byte order mark: marked, UTF-8, UTF-16 without a mark, or else a guess.

    Raises `MetadataError` if no encoding fits.
    """
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if marked is not None:
        return Text(_decode(name, data, marked))
    if unmarked := _utf16_without_mark(data):
        note = (
            f"{show_name(name)} is read as UTF-16, which its zero bytes suggest; it has no byte order mark."
        )
        return Text(_decode(name, data, unmarked), note)
    try:
        return Text(data.decode())
    except UnicodeDecodeError as error:
        return _guess(name, data, error.start)


def decode_utf8(name: str, data: bytes) -> str:
    """The text of a file, without byte order mark. Raises `MetadataError` unless it is UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MetadataError(f"{show_name(name)} is not UTF-8: save it as UTF-8.") from error


def _decode(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise MetadataError(
            f"{show_name(name)} starts like {encoding.removesuffix('-sig').upper()} but is not: save it as "
            "UTF-8."
        ) from error


def _utf16_without_mark(data: bytes) -> str | None:
    """The byte order if every second byte of the start is mostly zero, as in Latin text."""
    head = data[:200]
    for encoding, high, low in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if len(data) % 2 == 0 and high and 2 * high.count(0) > len(high) and not low.count(0):
            return encoding
    return None


def _guess(name: str, data: bytes, start: int) -> Text:
    line = data.count(b"\n", 0, start) + 1
    try:
        content = data.decode(GUESS)
    except UnicodeDecodeError as error:
        raise MetadataError(
            f"{show_name(name)}, line {line}: the text is neither UTF-8 nor {GUESS}: save it as UTF-8."
        ) from error
    shown = content[content.rfind("\n", 0, start) + 1 :][:SHOWN].splitlines()[0].strip()
    note = (
        f"{show_name(name)} is not UTF-8. It is read as {GUESS}, a guess: line {line} then starts "
        f"{shown!r}. If that is wrong, save the file as UTF-8."
    )
    return Text(content, note)
