"""Find images, their labels and what is already verified in an archive or folder. Importable without torch.

The layouts are in `mslg_core.datasets.layouts`: tables beside the images, Clothing1M, Food-101N, and else
class folders. Files that carry their own labels need none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, LabelledEntry, Rejection
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts import class_folders
from mslg_core.datasets.layouts.base import Entry, Found, Layout, Listing
from mslg_core.datasets.layouts.registry import LAYOUTS, is_label_file
from mslg_core.images.decode import ImageInfo, inspect_image

__all__ = ["Entry", "Layout", "ReadImage", "check_classes", "read_dataset", "read_images", "sort_classes"]

# of all label files together, which are in memory at once
MAX_LABEL_BYTES = 512 << 20
MAX_CLASSES = 2000


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image that decodes."""

    entry: Entry
    data: bytes
    info: ImageInfo


def read_dataset(archive: Archive) -> Layout:
    """Names and labels of everything in `archive`, in one pass.

    Raises `EmptyArchiveError`, `NoLabelsError`, `OneClassError`, `TooManyClassesError`, `LayoutError`,
    `MetadataError` and its kin, `ArchiveBombError`, `DamagedArchiveError`.
    """
    listing, labelled = Listing(), list[Entry | Rejection]()
    room = MAX_LABEL_BYTES
    for member in archive.entries():
        if isinstance(member, Rejection):
            labelled.append(member)
        elif isinstance(member, LabelledEntry):
            labelled.append(_read_label(member))
        elif is_label_file(path := split_name(member.name)):
            listing.label_files[path] = member.read(room)
            room -= len(listing.label_files[path])
        else:
            listing.names.append(member.name)
    if not (labelled or listing.names or listing.label_files):
        raise errors.EmptyArchiveError("There is no file in the archive.")
    found = _find_layout(listing)
    items = [*labelled, *found.items]
    entries = tuple(item for item in items if isinstance(item, Entry))
    rejections = tuple(item for item in items if isinstance(item, Rejection))
    return Layout(_classes(entries, found), entries, rejections)


def read_images(archive: Archive, layout: Layout) -> Iterator[ReadImage | Rejection]:
    """Every entry of `layout` in its order, read, decoded and described, or why it cannot be; one in memory
    at a time.

    Raises `ArchiveBombError`, `DamagedArchiveError`.
    """
    entries = {entry.member: entry for entry in layout.entries}
    for member in archive.entries():
        entry = None if isinstance(member, Rejection) else entries.get(member.name)
        if entry is None or isinstance(member, Rejection):
            continue
        try:
            data = member.read()
            yield ReadImage(entry, data, inspect_image(data))
        except (errors.EntryError, errors.BadImageError) as error:
            yield Rejection(show_name(entry.file_name), error.code, str(error))


def sort_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The classes in the order of their numbers, else of their names.

    Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`.
    """
    classes = set(labels)
    numeric = all(name.isascii() and name.isdigit() for name in classes)
    return check_classes(sorted(classes, key=lambda name: (int(name) if numeric else 0, name)))


def check_classes(classes: Iterable[str]) -> tuple[str, ...]:
    """The same classes. Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`."""
    classes = tuple(classes)
    if not classes:
        raise errors.NoLabelsError(
            "No image has a label: use one folder per class, or a metadata.csv with file_name and label."
        )
    if len(classes) == 1:
        raise errors.OneClassError(f"Every image has the same label, {classes[0]!r}: two classes are needed.")
    if len(classes) > MAX_CLASSES:
        raise errors.TooManyClassesError(
            f"There are {len(classes):,} classes; at most {MAX_CLASSES:,} are handled."
        )
    return classes


def _read_label(member: LabelledEntry) -> Entry | Rejection:
    if member.label is None:
        return Rejection.of(member.name, errors.UnlabelledError("The row has no label."))
    return Entry(member.name, member.name, member.label, member.external_id)


def _find_layout(listing: Listing) -> Found:
    for read in LAYOUTS.values():
        if (found := read(listing)) is not None:
            return found
    return class_folders.read(listing)


def _classes(entries: Iterable[Entry], found: Found) -> tuple[str, ...]:
    """The classes that any image has, in the published order if there is one."""
    used = {label for entry in entries for label in (entry.label, entry.verified_label) if label is not None}
    if found.classes is None:
        return sort_classes(used)
    return check_classes(label for label in found.classes if label in used)
