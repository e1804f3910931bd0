"""The interface of a layout: it receives a `Listing` and returns `Found`. Importable without torch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.metadata import NO_METADATA, Metadata
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.errors import LabelError
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict

IMAGE_SUFFIXES = frozenset(
    (
        *("", ".avif", ".bmp", ".gif", ".heic", ".heif", ".hif", ".jfif", ".jpe", ".jpeg", ".jpg"),
        *(".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)

SPREADSHEETS = frozenset({".xls", ".xlsx", ".ods", ".numbers"})
ANNOTATIONS = frozenset({".json", ".xml"})
PACKED = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar"})
UNREAD = {
    **dict.fromkeys(SPREADSHEETS, "Spreadsheets are not read: save the table of labels as .csv."),
    **dict.fromkeys(
        ANNOTATIONS,
        "The file is not read as annotations of a known tool: if it holds the labels, save them as a .csv "
        "with the columns file_name and label.",
    ),
    **dict.fromkeys(PACKED, "Packed files within an archive are not opened: unpack the file first."),
}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One image, and what the dataset already knows about its label.

    archive_path: the path in the archive. file_name: the user's name for it. label: the given label, None if
    it has none. verified_label: the true class, verified by a person. open_verdict: what a person found
    instead without naming a class. reviewers: who decided so. selection: how the sample was chosen for
    verification. clean_label: the true class, used for measuring only. source_split: the published split,
    such as "train". tags: marks of people. metadata: the other columns of its table.
    """

    archive_path: str
    file_name: str
    label: str | None
    external_id: str | None = None
    verified_label: str | None = None
    open_verdict: Verdict | None = None
    reviewers: tuple[str, ...] = ()
    selection: Selection = Selection.RANDOM
    clean_label: str | None = None
    source_split: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Metadata = NO_METADATA

    @property
    def is_decided(self) -> bool:
        """Whether a person decided about it."""
        return self.verified_label is not None or self.open_verdict is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """The content of a dataset: samples in the archive's order, classes in class order. name: of the layout.
    notes: what was guessed or decided, in sentences for the user. tables: the tables that labels come from.
    candidates: all files that may be tables of labels.
    """

    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    rejections: tuple[Rejection, ...]
    name: str = ""
    notes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a layout found. `classes` are in the published order; None means the default order. The other
    fields are those of `Layout`.
    """

    items: Iterable[Sample | Rejection]
    classes: Sequence[str] | None = None
    name: str = ""
    notes: Sequence[str] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """All files of an archive: the names of possible images, in order, and the content of label files by
    path. notes: what readers found, in sentences for the user.
    """

    names: list[str] = field(default_factory=list)
    label_files: dict[Path, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def folder_of(self, *leaves: str) -> Path | None:
        """The folder that holds any of the files `leaves`, or None. Raises `LayoutError` if there are
        several.
        """
        folders = sorted({path[:-1] for path in self.label_files if path[-1] in leaves})
        if len(folders) > 1:
            named = " and ".join("/".join(folder) or "the top folder" for folder in folders[:2])
            raise errors.LayoutError(f"Label files were found in {named}: keep one dataset only.")
        return folders[0] if folders else None

    def require(self, folder: Path, leaf: str, layout: str) -> bytes:
        """The content of a label file. Raises `LayoutError` if it is missing."""
        try:
            return self.label_files[*folder, leaf]
        except KeyError:
            where = "/".join((*folder, leaf))
            raise errors.LayoutError(
                f"This looks like {layout}, but {where} is missing: add the published file."
            ) from None


class LabelLine(NamedTuple):
    """A line of a label file that names one image.

    `sample` has no archive path yet; it is None if the line has no label. error: why it names no file, if it
    is known.
    """

    file: str
    line: int
    file_name: str
    sample: Sample | None
    error: LabelError | None = None

    @property
    def where(self) -> str:
        """File and line number, for messages."""
        return f"{show_name(self.file)}, line {self.line}"


def match_files(names: Sequence[str], lines: Mapping[Path, LabelLine]) -> Iterator[Sample | Rejection]:
    """Match the files of an archive with the lines of its label files.

    Yields samples in the archive's order, then rejections of lines without a file or label, then rejections
    of files without a line.
    """
    files = {split_name(name): name for name in names}
    for path, name in files.items():
        if path in lines and (sample := lines[path].sample) is not None:
            yield replace(sample, archive_path=name)
    for path, line in lines.items():
        if path not in files:
            missing = errors.MissingFileError(f"{line.where} names a file that does not exist.")
            yield Rejection.of(line.file_name, line.error or missing)
        elif line.sample is None:
            yield Rejection.of(line.file_name, errors.UnlabelledError(f"{line.where} has no label."))
    for path, name in files.items():
        if path not in lines:
            yield Rejection.of(name, unlabelled(name))


def unlabelled(name: str) -> errors.LabelError:
    """Why a file that no label file names is left out."""
    return not_an_image(name) or errors.UnlabelledError("No label file names this file.")


def not_an_image(name: str) -> errors.LabelError | None:
    """Why a file is not read as an image; None if it is."""
    if is_image_name(name):
        return None
    if (reason := UNREAD.get(PurePosixPath(name).suffix.lower())) is not None:
        return errors.UnreadFileError(reason)
    return errors.NotAnImageNameError("The file name has no image suffix.")


def is_image_name(name: str) -> bool:
    """Whether the name has an image suffix or no suffix."""
    return PurePosixPath(split_name(name)[-1]).suffix.lower() in IMAGE_SUFFIXES
