"""The names in zip files that do not say how their names are encoded. Importable without torch.

A zip file marks names that are UTF-8. Without the mark they are in the code page of the computer that wrote
them: macOS writes UTF-8 anyway, Windows its language's code page.
"""

import struct
import unicodedata
import zipfile
from collections.abc import Sequence

IS_UTF8 = 0x800
UNICODE_PATH = 0x7075
# Western Europe, Japan, China, Korea, Taiwan, Russia, in the order that decides between equals.
CODE_PAGES = ("cp437", "cp1252", "cp932", "gbk", "cp949", "big5", "cp866", "cp1251")
WESTERN = ("cp437", "cp1252")
EXAMPLES = 3


def is_marked(info: zipfile.ZipInfo) -> bool:
    """Whether the encoding of the name is known."""
    return bool(info.flag_bits & IS_UTF8) or info.orig_filename.isascii()


def raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name without a mark, which zipfile decodes as code page 437."""
    return info.orig_filename.encode("cp437")


def unicode_name(info: zipfile.ZipInfo) -> str | None:
    """The name in UTF-8 that Info-ZIP and others store beside the other one, if any."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == UNICODE_PATH and size > 5:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    return None


def guess_encoding(names: Sequence[bytes]) -> str:
    """The encoding that makes the names look most like words. UTF-8 wins if it fits all."""
    if all(_decodes(name, "utf-8") for name in names):
        return "utf-8"
    fitting = [page for page in CODE_PAGES if all(_decodes(name, page) for name in names)]
    text = b"".join(names)
    return min(fitting or ["cp437"], key=lambda page: _oddness(names, page) if text else 0)


def describe_guess(encoding: str, names: Sequence[str]) -> str:
    """The sentence that reports a guess."""
    shown = ", ".join(names[:EXAMPLES])
    return (
        f"The zip file does not say how {len(names):,} of its names are encoded. They were read as "
        f"{encoding}: {shown}. If that is wrong, name the right encoding."
    )


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _oddness(names: Sequence[bytes], encoding: str) -> float:
    """Share of characters outside ASCII that no word of the code page's languages contains."""
    text = [character for name in names for character in name.decode(encoding) if not character.isascii()]
    return sum(_is_odd(character, encoding) for character in text) / max(1, len(text))


def _is_odd(character: str, encoding: str) -> bool:
    """Whether a character is no letter, or a rare one: half-width Katakana, or Greek in Western Europe."""
    is_letter = unicodedata.category(character).startswith("L") and not "\uff61" <= character <= "\uff9f"
    is_latin = unicodedata.name(character, "").startswith("LATIN")
    return not is_letter or (encoding in WESTERN and not is_latin)
