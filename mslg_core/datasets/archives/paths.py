"""Paths inside archives and tables: refuses unsafe names, compares and displays paths. Importable without
torch.

No file is ever written under such a name; exports only return it byte for byte. Both slashes are separators,
because zip files from Windows may contain either.
"""

import re
import unicodedata

from mslg_core.errors import BadNameError, NameEncodingError, PathTraversalError

MAX_NAME_BYTES = 1024
MAX_PART_BYTES = 255
MAX_SHOWN = 200

_JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^.]*)?", re.IGNORECASE)
# all surrogates except those that stand for bytes that are not UTF-8 (PEP 383)
_FOREIGN_SURROGATES = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def split_name(name: str) -> tuple[str, ...]:
    """The parts of a path without ".". Two paths with equal parts mean the same file."""
    parts = tuple(name.replace("\\", "/").split("/"))
    return tuple(part for part in parts if part != ".") if "." in parts else parts


def is_junk(name: str) -> bool:
    """Whether an operating system created the file, such as `.DS_Store`."""
    *folders, leaf = split_name(name) or ("",)
    return "__MACOSX" in folders or leaf.lower() in _JUNK_NAMES or leaf.startswith("._")


def check_name(name: str) -> None:
    """Refuse an unsafe name. Raises `NameEncodingError`, `PathTraversalError` or `BadNameError`."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError as error:
        raise NameEncodingError("The name is not UTF-8: pack the archive with UTF-8 names.") from error
    parts = split_name(name)
    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        raise PathTraversalError("The path is absolute: pack the archive with relative paths.")
    if ".." in parts:
        raise PathTraversalError('The path leaves the archive with "..".')
    if size > MAX_NAME_BYTES or any(len(part.encode()) > MAX_PART_BYTES for part in parts):
        raise BadNameError(
            f"The name has more than {MAX_NAME_BYTES} bytes, or a part of it more than {MAX_PART_BYTES}."
        )
    if not parts or not all(part.strip() for part in parts):
        raise BadNameError("The path has an empty part.")
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in name):
        raise BadNameError("The name contains control characters.")
    if _DEVICES.fullmatch(parts[-1]):
        raise BadNameError("The name is reserved for a Windows device.")


def show_name(name: str) -> str:
    """The name, escaped and shortened so that any log, database or page can display it."""
    encodable = _FOREIGN_SURROGATES.sub("\N{REPLACEMENT CHARACTER}", name)
    raw = encodable.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    shown = "".join(c if unicodedata.category(c) != "Cc" else repr(c)[1:-1] for c in raw[: MAX_SHOWN + 1])
    return shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + "…"
