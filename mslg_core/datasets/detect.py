"""Detects the layout of an archive and reads its labels and images. Importable without torch.

`registry` lists the layouts: metadata tables, Clothing1M, Food-101N, label tables under other names,
with class folders as fallback.
Archives whose entries carry their own labels (Parquet, CIFAR) need no layout.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mslg_core import errors
from mslg_core.configs.reading import AS_RECOGNISED, ReadingConfig
from mslg_core.datasets.archives.archive import Archive, ArchiveEntry, LabelledEntry, Rejection
from mslg_core.datasets.archives.paths import MAX_NAME_BYTES, show_name, split_name
from mslg_core.datasets.layouts.base import Found, Layout, Listing, Sample
from mslg_core.datasets.layouts.splits import split_of
from mslg_core.datasets.refusals import count_refusals, explain
from mslg_core.datasets.registry import find_layout, is_label_file, may_be_label_file, may_be_tool_file
from mslg_core.datasets.tables.table import MAX_LABEL_LENGTH, is_storable
from mslg_core.images.decode import ImageInfo, inspect_image
from mslg_rules.names import ClassNames

__all__ = ["Layout", "ReadImage", "Sample", "check_classes", "read_dataset", "read_images", "sort_classes"]

# In the message of an error.
MAX_NOTES = 3
# The name of a layout in which each image comes with its label: Parquet, CIFAR.
LABELLED_IMAGES = "labelled images"
# Of all label files together; they are in memory at the same time.
MAX_LABEL_BYTES = 512 << 20
MIN_CLASSES, MAX_CLASSES = 2, 20_000
VERIFIED_FOLDER = "verified/"
"""Begins the names of images that are uploaded as verified, so that they clash with none of the dataset."""


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image that was read and decodes without error; `data` are its encoded bytes."""

    sample: Sample
    data: bytes
    info: ImageInfo


def read_dataset(
    archive: Archive, choices: ReadingConfig = AS_RECOGNISED, min_classes: int = MIN_CLASSES
) -> Layout:
    """Detect the layout of `archive` and read all names and labels, in one pass. min_classes: what joins a
    dataset may have a single class.

    Raises `EmptyArchiveError`, `NoLabelsError`, `OneClassError`, `TooManyClassesError`, `LayoutError`,
    `MetadataError` and its subclasses, `ArchiveBombError`, `DamagedArchiveError`, `ConfigError`.
    """
    listing, labelled, found = _find_items(archive, choices)
    samples, rejections = _sort_items(choose(item, choices) for item in (*labelled, *found.items))
    samples = tuple(_with_split(sample) for sample in samples)
    with _explained(rejections, listing.notes):
        classes = _classes(samples, found, min_classes)
    return Layout(
        classes,
        samples,
        rejections,
        name=found.name if listing.names or listing.label_files else LABELLED_IMAGES,
        notes=(*archive.notes, *listing.notes, *found.notes),
        tables=found.tables,
        candidates=tuple("/".join(path) for path in listing.label_files if may_be_label_file(path)),
    )


def read_verified_images(archive: Archive, classes: Sequence[str]) -> Layout:
    """Read images whose labels are verified, to join a dataset with these `classes`. None of the images gets
    a given label, and all names begin with `VERIFIED_FOLDER`.

    Raises what `read_dataset` raises, except `OneClassError`, and `UnknownClassError`.
    """
    _, labelled, found = _find_items(archive, AS_RECOGNISED)
    samples, rejections = _sort_items(_as_verified(item) for item in (*labelled, *found.items))
    labels = {sample.verified_label for sample in samples if sample.verified_label is not None}
    with _explained(rejections):
        if not labels:
            check_classes(labels)
    known = ClassNames(tuple(classes))
    for label in sorted(labels - set(classes)):
        raise errors.UnknownClassError(f"The dataset has no class {label!r}. {known.suggest(label)}")
    return Layout(tuple(classes), samples, rejections)


def _as_verified(item: Sample | Rejection) -> Sample | Rejection:
    if isinstance(item, Rejection):
        return item
    label = item.verified_label or item.label
    if label is None:
        return Rejection.of(item.file_name, errors.UnlabelledError("A verified image needs its class."))
    name = VERIFIED_FOLDER + item.file_name
    return Sample(item.archive_path, name, None, item.external_id, verified_label=label)


def _find_items(archive: Archive, choices: ReadingConfig) -> tuple[Listing, list[Sample | Rejection], Found]:
    """(all files, samples of entries with a label of their own and rejections, what the layout found).

    Raises `EmptyArchiveError` and what a layout raises.
    """
    listing, labelled = _list_files(archive)
    if not (labelled or listing.names or listing.label_files):
        raise errors.EmptyArchiveError("The archive contains no files.")
    with _explained(item for item in labelled if isinstance(item, Rejection)):
        return listing, labelled, find_layout(listing, choices.labels_from)


def _sort_items(
    items: Iterable[Sample | Rejection],
) -> tuple[tuple[Sample, ...], tuple[Rejection, ...]]:
    listed = list(items)
    return (
        tuple(item for item in listed if isinstance(item, Sample)),
        tuple(item for item in listed if isinstance(item, Rejection)),
    )


@contextmanager
def _explained(rejections: Iterable[Rejection], notes: Sequence[str] = ()) -> Iterator[None]:
    """Let the rejections lead the message of an error about missing labels or classes; notes follow it."""
    try:
        yield
    except (errors.NoLabelsError, errors.OneClassError) as error:
        noted = type(error)(" ".join([str(error), *notes[:MAX_NOTES]]), error.problems)
        raise explain(noted, count_refusals(rejections)) from error


def choose(item: Sample | Rejection, choices: ReadingConfig) -> Sample | Rejection:
    """The item with merged labels, or the rejection of an excluded class."""
    if isinstance(item, Rejection) or not (choices.merge or choices.exclude):
        return item
    if item.label is None:
        return item
    if item.label in choices.exclude:
        error = errors.ExcludedClassError(f"The class {show_name(item.label)!r} was chosen to be left out.")
        return Rejection.of(item.file_name, error)
    verified = item.verified_label
    return replace(
        item,
        label=choices.merge.get(item.label, item.label),
        verified_label=None if verified is None else choices.merge.get(verified, verified),
    )


def _with_split(sample: Sample) -> Sample:
    """The sample with the split that its table or else its folder names."""
    split = sample.source_split or split_of(sample.archive_path)
    return sample if split is None else replace(sample, source_split=split)


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
        elif may_be_label_file(path) or may_be_tool_file(path):
            remaining_bytes -= _keep_table(entry, path, listing, labelled, remaining_bytes)
        else:
            listing.names.append(entry.name)
    return listing, labelled


def _keep_table(
    entry: ArchiveEntry,
    path: tuple[str, ...],
    listing: Listing,
    refused: list[Sample | Rejection],
    max_bytes: int,
) -> int:
    """Keep the content of a possible table and return its size, or refuse this file alone."""
    try:
        listing.label_files[path] = entry.read(max_bytes)
    except errors.EntryError as error:
        refused.append(Rejection.of(entry.name, error))
        return 0
    return len(listing.label_files[path])


def read_images(archive: Archive, layout: Layout) -> Iterator[ReadImage | Rejection]:
    """Read and decode every sample of `layout`, or yield its rejection. One image is in memory at a time.

    Raises `ArchiveBombError`, `DamagedArchiveError`.
    """
    samples = {sample.archive_path: sample for sample in layout.samples}
    for entry in archive.chosen(samples):
        sample = samples[entry.name]
        try:
            data = entry.read()
            yield ReadImage(sample, data, inspect_image(data))
        except (errors.EntryError, errors.BadImageError) as error:
            yield Rejection(show_name(sample.file_name), error.code, str(error))


def sort_classes(labels: Iterable[str], min_classes: int = MIN_CLASSES) -> tuple[str, ...]:
    """The classes in numeric order if all names are numbers, else in alphabetical order.

    Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`.
    """
    classes = set(labels)
    numeric = all(name.isascii() and name.isdigit() for name in classes)
    return check_classes(sorted(classes, key=lambda name: (int(name) if numeric else 0, name)), min_classes)


def check_classes(classes: Iterable[str], min_classes: int = MIN_CLASSES) -> tuple[str, ...]:
    """Return the classes. Raises `NoLabelsError`, `OneClassError`, `TooManyClassesError`."""
    classes = tuple(classes)
    if not classes:
        raise errors.NoLabelsError(
            "No image has a label: use one folder per class, or a metadata.csv with file_name and label."
        )
    if len(classes) < min_classes:
        raise errors.OneClassError(
            f"Every image has the label {classes[0]!r}: at least two classes are required."
        )
    if len(classes) > MAX_CLASSES:
        raise errors.TooManyClassesError(
            f"The dataset has {len(classes):,} classes; at most {MAX_CLASSES:,} are supported."
        )
    return classes


def _read_label(entry: LabelledEntry) -> Sample:
    """Raises `MetadataError` for what cannot be stored."""
    label, identifier = entry.label, entry.external_id
    too_long = len(label or "") > MAX_LABEL_LENGTH or len(identifier or "") > MAX_NAME_BYTES
    if too_long or not (is_storable(label) and is_storable(identifier)):
        raise errors.MetadataError(
            f"The label or id of the image {show_name(entry.name)} is too long or contains characters that "
            "cannot be stored, such as NUL: shorten or correct it."
        )
    return Sample(entry.name, entry.name, label, identifier, metadata=entry.metadata)


def _classes(samples: Iterable[Sample], found: Found, min_classes: int) -> tuple[str, ...]:
    """The classes that occur, in the published order if there is one."""
    used = {
        label for sample in samples for label in (sample.label, sample.verified_label) if label is not None
    }
    if found.classes is None:
        return sort_classes(used, min_classes)
    published = [label for label in found.classes if label in used]
    return check_classes([*published, *sorted(used.difference(published))], min_classes)
