"""Detects the layout of an archive and reads its labels and images. Importable without torch.

`layouts.registry` lists the layouts: metadata tables, Clothing1M, Food-101N, with class folders as fallback.
Archives whose entries carry their own labels (Parquet, CIFAR) need no layout.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mslg_core import errors
from mslg_core.datasets.archives.archive import Archive, LabelledEntry, Rejection
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts import class_folders
from mslg_core.datasets.layouts.base import Found, Layout, Listing, Sample
from mslg_core.datasets.layouts.registry import LAYOUTS, is_label_file
from mslg_core.images.decode import ImageInfo, inspect_image

__all__ = ["Layout", "ReadImage", "Sample", "check_classes", "read_dataset", "read_images", "sort_classes"]

# Of all label files together; they are in memory at the same time.
MAX_LABEL_BYTES = 512 << 20
MAX_CLASSES = 2000
# Classes in a message.
MAX_NAMED = 10
VERIFIED_FOLDER = "verified/"
"""Begins the names of images that are uploaded as verified, so that they clash with none of the dataset."""


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image that was read and decodes without error; `data` are its encoded bytes."""

    sample: Sample
    data: bytes
    info: ImageInfo


def read_dataset(archive: Archive) -> Layout:
    """Detect the layout of `archive` and read all names and labels, in one pass.

    Raises `EmptyArchiveError`, `NoLabelsError`, `OneClassError`, `TooManyClassesError`, `LayoutError`,
    `MetadataError` and its subclasses, `ArchiveBombError`, `DamagedArchiveError`.
    """
    found = _find_items(archive)
    samples, rejections = _sort_items(found)
    return Layout(_classes(samples, found), samples, rejections)


def read_verified_images(archive: Archive, classes: Sequence[str]) -> Layout:
    """Read images whose labels are verified, to join a dataset with these `classes`. None of the images gets
    a given label, and all names begin with `VERIFIED_FOLDER`.

    Raises what `read_dataset` raises, except `OneClassError`, and `UnknownClassError`.
    """
    samples, rejections = _sort_items(_find_items(archive))
    labels = {label for sample in samples if (label := sample.verified_label or sample.label)}
    if not labels:
        check_classes(labels)
    if unknown := sorted(labels - set(classes)):
        raise errors.UnknownClassError(
            f"The dataset has no class {unknown[0]!r}: name the folders, or the labels of the table, like "
            f"its classes ({', '.join(classes[:MAX_NAMED])}{', …' if len(classes) > MAX_NAMED else ''})."
        )
    verified = [_as_verified(sample) for sample in samples]
    return Layout(
        tuple(classes),
        tuple(item for item in verified if isinstance(item, Sample)),
        (*rejections, *(item for item in verified if isinstance(item, Rejection))),
    )


def _as_verified(sample: Sample) -> Sample | Rejection:
    if not (sample.verified_label or sample.label):
        return Rejection.of(sample.file_name, errors.UnlabelledError("A verified image needs its class."))
    return Sample(
        sample.archive_path,
        VERIFIED_FOLDER + sample.file_name,
        None,
        sample.external_id,
        verified_label=sample.verified_label or sample.label,
    )


def _find_items(archive: Archive) -> Found:
    """What the archive contains, by its layout. Raises `EmptyArchiveError`."""
    listing, labelled = _list_files(archive)
    if not (labelled or listing.names or listing.label_files):
        raise errors.EmptyArchiveError("The archive contains no files.")
    found = _find_layout(listing)
    return found._replace(items=[*labelled, *found.items])


def _sort_items(found: Found) -> tuple[tuple[Sample, ...], tuple[Rejection, ...]]:
    items = list(found.items)
    return (
        tuple(item for item in items if isinstance(item, Sample)),
        tuple(item for item in items if isinstance(item, Rejection)),
    )


def _list_files(archive: Archive) -> tuple[Listing, list[Sample | Rejection]]:
    """(files without a label of their own, samples of entries with one and rejections)."""
    listing, labelled = Listing(), list[Sample | Rejection]()
    remaining_bytes = MAX_LABEL_BYTES
    for entry in archive.entries():
        if isinstance(entry, Rejection):
            labelled.append(entry)
        elif isinstance(entry, LabelledEntry):
            labelled.append(_read_label(entry))
        elif is_label_file(path := split_name(entry.name)):
            listing.label_files[path] = entry.read(remaining_bytes)
            remaining_bytes -= len(listing.label_files[path])
        else:
            listing.names.append(entry.name)
    return listing, labelled


def read_images(archive: Archive, layout: Layout) -> Iterator[ReadImage | Rejection]:
    """Read and decode every sample of `layout`, or yield its rejection. One image is in memory at a time.

    Raises `ArchiveBombError`, `DamagedArchiveError`.
    """
    samples = {sample.archive_path: sample for sample in layout.samples}
    for entry in archive.entries():
        sample = None if isinstance(entry, Rejection) else samples.get(entry.name)
        if sample is None or isinstance(entry, Rejection):
            continue
        try:
            data = entry.read()
            yield ReadImage(sample, data, inspect_image(data))
        except (errors.EntryError, errors.BadImageError) as error:
            yield Rejection(show_name(sample.file_name), error.code, str(error))


def sort_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """The classes in numeric order if all names are numbers, else in alphabetical order.

    Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`.
    """
    classes = set(labels)
    numeric = all(name.isascii() and name.isdigit() for name in classes)
    return check_classes(sorted(classes, key=lambda name: (int(name) if numeric else 0, name)))


def check_classes(classes: Iterable[str]) -> tuple[str, ...]:
    """Return the classes. Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`."""
    classes = tuple(classes)
    if not classes:
        raise errors.NoLabelsError(
            "No image has a label: use one folder per class, or a metadata.csv with file_name and label."
        )
    if len(classes) == 1:
        raise errors.OneClassError(
            f"Every image has the label {classes[0]!r}: at least two classes are required."
        )
    if len(classes) > MAX_CLASSES:
        raise errors.TooManyClassesError(
            f"The dataset has {len(classes):,} classes; at most {MAX_CLASSES:,} are supported."
        )
    return classes


def _read_label(entry: LabelledEntry) -> Sample:
    return Sample(entry.name, entry.name, entry.label, entry.external_id)


def _find_layout(listing: Listing) -> Found:
    for read in LAYOUTS.values():
        if (found := read(listing)) is not None:
            return found
    return class_folders.read(listing)


def _classes(samples: Iterable[Sample], found: Found) -> tuple[str, ...]:
    """The classes that occur, in the published order if there is one."""
    used = {
        label for sample in samples for label in (sample.label, sample.verified_label) if label is not None
    }
    if found.classes is None:
        return sort_classes(used)
    return check_classes(label for label in found.classes if label in used)
