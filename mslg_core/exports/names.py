"""Names of images in an archive: safe on every file system, unique, and reversible.

Characters that some file system refuses are percent-encoded, and so is the percent sign. So different names
stay different, and `urllib.parse.unquote` returns the original.
"""

import re
from pathlib import PurePosixPath

_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*/:<>?|%\\]|^[. ]|[. ]$')
# Windows opens devices under these names, with any suffix.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
# File systems allow 255 bytes; an encoded suffix may follow.
MAX_BYTES = 200


def path_of(file_name: str, suffix: str) -> str:
    """The name as a relative path, with its folders, that ends with the suffix of an image format."""
    parts = [_encoded(part) for part in file_name.split("/") if part]
    return with_suffix("/".join(parts) or "image", suffix)


def leaf_of(file_name: str, suffix: str) -> str:
    """The name without its folders."""
    return path_of(file_name.rstrip("/").rpartition("/")[2], suffix)


def flat(file_name: str, suffix: str) -> str:
    """The whole name as that of one file."""
    return with_suffix(_encoded(file_name), suffix)


def folder_of(label: str) -> str:
    """The name of a class folder."""
    return flat(label, "")


def with_suffix(name: str, suffix: str) -> str:
    """The name with the suffix added, unless it has one that means the same format."""
    known = {".jpg": {".jpg", ".jpeg", ".jpe", ".jfif"}, ".tif": {".tif", ".tiff"}}.get(suffix, {suffix})
    return name if PurePosixPath(name).suffix.lower() in known else name + suffix


class UniqueNames:
    """Hands out each name once, without regard to case. Keeps all names in memory: about 100 bytes each."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def path(self, file_name: str, suffix: str, number: int, folder: str = "") -> str:
        """A free path in `folder`: the file's own, else its whole name as one, else the image's number."""
        return self._first_free(
            folder, path_of(file_name, suffix), flat(file_name, suffix), f"{number:08d}{suffix}"
        )

    def leaf(self, file_name: str, suffix: str, number: int, folder: str = "") -> str:
        """The same for a format in which folders have a meaning of their own."""
        return self._first_free(
            folder, leaf_of(file_name, suffix), flat(file_name, suffix), f"{number:08d}{suffix}"
        )

    def stem(self, file_name: str, suffix: str, number: int) -> str:
        """The same without the suffix."""
        stem = str(PurePosixPath(path_of(file_name, suffix)).with_suffix(""))
        return self._first_free("", stem, flat(file_name, "").replace(".", "%2E"), f"{number:08d}")

    def _first_free(self, folder: str, *candidates: str) -> str:
        for candidate in candidates:
            name = folder + candidate
            if name.casefold() not in self._used:
                self._used.add(name.casefold())
                return name
        raise ValueError(f"all of {candidates} are used")


def _encoded(part: str) -> str:
    encoded = _UNSAFE.sub(_percent, part)
    if _DEVICE.match(encoded):
        encoded = _percent(encoded[0]) + encoded[1:]
    return encoded if len(encoded.encode()) <= MAX_BYTES else _shortened(encoded)


def _percent(text: str | re.Match[str]) -> str:
    text = text if isinstance(text, str) else text[0]
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _shortened(name: str) -> str:
    """Cut a name that no file system takes. Its original is in the table beside it."""
    suffix = PurePosixPath(name).suffix[:10]
    return name.encode()[: MAX_BYTES - len(suffix.encode())].decode(errors="ignore") + suffix
