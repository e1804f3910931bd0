"""Find images and their labels in an archive. Importable without torch.

Two layouts. *Class folders*: the class of an image is the folder that holds it directly; its `file_name` is
its path in the archive. *Metadata*: a `metadata.csv`, `.jsonl` or `.parquet` labels the files below its own
folder; `file_name` is the cell as written. Any metadata file switches folder labels off, as in Hugging
Face's `imagefolder`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from mslg_core import errors
from mslg_core.images import ImageInfo, inspect_image
from mslg_core.label_tables import SUFFIXES, LabelRow, read_label_table, refuse_repeated_ids
from mslg_core.members import Archive, Rejection
from mslg_core.names import show_name, split_name

IMAGE_SUFFIXES = frozenset(
    (
        *("", ".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm"),
        *(".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    )
)
MAX_METADATA_BYTES = 512 << 20
MAX_CLASSES = 2000

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled image. `member` is its name in the archive, `file_name` what the user calls it."""

    member: str
    file_name: str
    label: str
    external_id: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """What is in an archive: entries in the archive's order, classes in theirs (numbers by value, else by
    text).
    """

    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image that decodes."""

    entry: Entry
    data: bytes
    info: ImageInfo


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    folder: Path
    rows: list[LabelRow]


def read_dataset(archive: Archive) -> Layout:
    """Names and labels of everything in `archive`, in one pass.

    Raises `EmptyArchiveError`, `NoLabelsError`, `OneClassError`, `TooManyClassesError`, `MetadataError` and
    its kin, `ArchiveBombError`, `DamagedArchiveError`.
    """
    names: list[str] = []
    tables: list[_Table] = []
    rejections: list[Rejection] = []
    for member in archive.members():
        if isinstance(member, Rejection):
            rejections.append(member)
        elif _is_metadata(member.name):
            *folder, _ = split_name(member.name)
            rows = read_label_table(member.name, member.read(MAX_METADATA_BYTES))
            tables.append(_Table(member.name, tuple(folder), rows))
        else:
            names.append(member.name)
    if not names and not tables and not rejections:
        raise errors.EmptyArchiveError("There is no file in the archive.")
    labelled = _join_tables(names, tables) if tables else _by_folder(names)
    entries: list[Entry] = []
    for item in labelled:
        (entries if isinstance(item, Entry) else rejections).append(item)  # type: ignore[arg-type]
    return Layout(check_classes(entry.label for entry in entries), tuple(entries), tuple(rejections))


def read_images(archive: Archive, layout: Layout) -> Iterator[ReadImage | Rejection]:
    """Every entry of `layout` in its order, read, decoded and described, or why it cannot be; one in memory
    at a time.

    Raises `ArchiveBombError`, `DamagedArchiveError`.
    """
    entries = {entry.member: entry for entry in layout.entries}
    for member in archive.members():
        entry = None if isinstance(member, Rejection) else entries.get(member.name)
        if entry is None or isinstance(member, Rejection):
            continue
        try:
            data = member.read()
            yield ReadImage(entry, data, inspect_image(data))
        except (errors.MemberError, errors.BadImageError) as error:
            yield Rejection(show_name(entry.file_name), error.code, str(error))


def check_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The classes in their order. Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`."""
    classes = set(labels)
    if not classes:
        raise errors.NoLabelsError(
            "No image has a label: use one folder per class, or a metadata.csv with file_name and label."
        )
    if len(classes) == 1:
        raise errors.OneClassError(
            f"Every image has the same label, {classes.pop()!r}: two classes are needed."
        )
    if len(classes) > MAX_CLASSES:
        raise errors.TooManyClassesError(
            f"There are {len(classes):,} classes; at most {MAX_CLASSES:,} are handled."
        )
    numeric = all(name.isascii() and name.isdigit() for name in classes)
    return tuple(sorted(classes, key=lambda name: (int(name) if numeric else 0, name)))


def _is_metadata(name: str) -> bool:
    path = PurePosixPath(split_name(name)[-1])
    return path.stem.lower() == "metadata" and path.suffix.lower() in SUFFIXES


def _by_folder(names: Iterable[str]) -> Iterator[Entry | Rejection]:
    for name in names:
        *folders, leaf = split_name(name)
        if PurePosixPath(leaf).suffix.lower() not in IMAGE_SUFFIXES:
            yield Rejection.of(name, errors.NotAnImageNameError("The file is not named like an image."))
        elif not folders:
            yield Rejection.of(name, errors.UnlabelledError("The image is in no class folder."))
        else:
            yield Entry(name, name, folders[-1], None)


def _join_tables(names: list[str], tables: list[_Table]) -> Iterator[Entry | Rejection]:
    """The entries in the archive's order, then rows without a file, then files without a row."""
    _check_tables(tables)
    order = {split_name(name): index for index, name in enumerate(names)}
    found: dict[int, Entry] = {}
    refused: list[Rejection] = []
    for table in tables:
        for row in table.rows:
            where = f"{show_name(table.name)}, line {row.line}"
            index = order.get(table.folder + split_name(row.file_name))
            if index is None:
                error = errors.MissingFileError(f"{where} names a file that is not in the archive.")
                refused.append(Rejection.of(row.file_name, error))
            elif row.label is None:
                refused.append(Rejection.of(row.file_name, errors.UnlabelledError(f"{where} has no label.")))
            else:
                found[index] = Entry(names[index], row.file_name, row.label, row.external_id)
    known = {split_name(entry.member) for entry in found.values()}
    named = known | {table.folder + split_name(row.file_name) for table in tables for row in table.rows}
    yield from (found[index] for index in sorted(found))
    yield from refused
    for name in names:
        if split_name(name) not in named:
            yield Rejection.of(name, errors.UnlabelledError("No row of the metadata names this file."))


def _check_tables(tables: list[_Table]) -> None:
    """One table per folder, none inside another's, ids and names unique among all."""
    for index, table in enumerate(tables):
        for other in tables[index + 1 :]:
            short = min(len(table.folder), len(other.folder))
            if table.folder[:short] == other.folder[:short]:
                raise errors.MetadataError(
                    f"{show_name(table.name)} and {show_name(other.name)} label the same files: keep one."
                )
    rows = [row for table in tables for row in table.rows]
    refuse_repeated_ids(rows)
    if len({row.file_name for row in rows}) < len(rows):
        raise errors.DuplicateNameError(
            "Several metadata files name the same file_name; merge them into one."
        )
