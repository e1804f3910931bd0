"""What a layout says about images, and the files that it is told from. Importable without torch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_rules.selection import Selection

IMAGE_SUFFIXES = frozenset(
    (
        *("", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm"),
        *(".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled image, and what people are already known to have said about its label.

    member: its name in the archive. file_name: what the user calls it. label: the given one. verified_label:
    the right class, settled by a person. known_wrong: a person found the given label wrong and did not say
    which is right. selection: how the sample came to be verified. clean_label: the right class, for measuring
    and nothing else.
    """

    member: str
    file_name: str
    label: str
    external_id: str | None = None
    verified_label: str | None = None
    known_wrong: bool = False
    selection: Selection = Selection.RANDOM
    clean_label: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What is in an archive: entries in the archive's order, classes in theirs."""

    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    rejections: tuple[Rejection, ...]


class Found(NamedTuple):
    """What a layout's reader hands back; `classes` in the published order, or None for the usual one."""

    items: Iterable[Entry | Rejection]
    classes: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of an archive: names of those that may be images, in its order, and what the label files
    hold, by their paths.
    """

    names: list[str] = field(default_factory=list)
    label_files: dict[Path, bytes] = field(default_factory=dict)

    def folder_of(self, *leaves: str) -> Path | None:
        """The one folder that holds any of the files `leaves`, or None. Raises `LayoutError` for several."""
        folders = sorted({path[:-1] for path in self.label_files if path[-1] in leaves})
        if len(folders) > 1:
            named = " and ".join("/".join(folder) or "the top" for folder in folders[:2])
            raise errors.LayoutError(f"There are label files in {named}: keep one dataset only.")
        return folders[0] if folders else None

    def require(self, folder: Path, leaf: str, layout: str) -> bytes:
        """What the label file holds. Raises `LayoutError` where it is missing."""
        try:
            return self.label_files[*folder, leaf]
        except KeyError:
            where = "/".join((*folder, leaf))
            raise errors.LayoutError(
                f"This looks like {layout}, but {where} is missing: add it as it was published."
            ) from None


class Said(NamedTuple):
    """What a line of a label file says about one image: `entry` is still without its member, and None where
    there is no label.
    """

    file: str
    line: int
    file_name: str
    entry: Entry | None

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{show_name(self.file)}, line {self.line}"


def match(names: Sequence[str], said: Mapping[Path, Said]) -> Iterator[Entry | Rejection]:
    """Entries in the archive's order, then what is said of files that are not there, then files of which
    nothing is said.
    """
    order = {split_name(name): name for name in names}
    for path, name in order.items():
        if path in said and (entry := said[path].entry) is not None:
            yield replace(entry, member=name)
    for path, word in said.items():
        if path not in order:
            error = errors.MissingFileError(f"{word.where} names a file that is not there.")
            yield Rejection.of(word.file_name, error)
        elif word.entry is None:
            yield Rejection.of(word.file_name, errors.UnlabelledError(f"{word.where} has no label."))
    for path, name in order.items():
        if path not in said:
            yield Rejection.of(name, unlabelled(name))


def unlabelled(name: str) -> errors.LabelError:
    """Why a file that no label names is left out."""
    if not is_image_name(name):
        return errors.NotAnImageNameError("The file is not named like an image.")
    return errors.UnlabelledError("No label names this file.")


def is_image_name(name: str) -> bool:
    """Whether the name ends like that of an image, or has no ending."""
    return PurePosixPath(split_name(name)[-1]).suffix.lower() in IMAGE_SUFFIXES
