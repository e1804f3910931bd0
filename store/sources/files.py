"""The interface of a source whose images stay where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a source.

    path: its name, relative to the source. size: in bytes. stamp: changes with the content: the time of the
    last change, or the ETag. is_regular: whether it can be read; links and devices cannot.
    """

    path: str
    size: int
    stamp: str
    is_regular: bool = True


class SourceFiles(Protocol):
    """The files of a source. Every method raises `SourceUnavailableError`."""

    def __hash__(self) -> int:
        """By identity."""

    def require(self) -> None:
        """Raise `SourceUnavailableError` unless the source can be read now."""

    def list_files(self) -> Iterator[SourceFile]:
        """All files below the source, in a fixed order."""

    def read(self, path: str, max_bytes: int | None = None) -> bytes:
        """A whole file, or its first bytes. Raises `ImageMissingError`."""

    def sign(self, path: str) -> str | None:
        """An address at which a browser gets the file for a few minutes; None if there is none."""
