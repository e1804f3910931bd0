"""Clothing1M as published (Xiao et al., CVPR 2015). Importable without torch.

`noisy_label_kv.txt` and `clean_label_kv.txt` hold class numbers, `*_key_list.txt` the splits, and
`category_names_eng.txt` the class names. An archive with one of the first two files is Clothing1M.

Every image with a noisy label is a sample. A clean label counts as verified, except in the test split, where
it is used for measuring only. Training and validation images with nothing but a clean label join the meta
set and are excluded from evaluation: they have no given label to check.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Found, LabelLine, Listing, Path, Sample, match_files
from mslg_core.datasets.layouts.lines import Line, by_path, contradiction, read_class_names, read_lines

NAME = "Clothing1M"
NOISY, CLEAN, CLASSES = "noisy_label_kv.txt", "clean_label_kv.txt", "category_names_eng.txt"
TEST_LIST = "clean_test_key_list.txt"
KEY_LISTS = {
    "noisy_train_key_list.txt": NOISY,
    "clean_train_key_list.txt": CLEAN,
    "clean_val_key_list.txt": CLEAN,
    TEST_LIST: CLEAN,
}
FILES = frozenset({NOISY, CLEAN, CLASSES, *KEY_LISTS})


class _Label(NamedTuple):
    """The label of one image in a `*_label_kv.txt`."""

    line: Line
    key: str
    label: str


_Labels = Mapping[Path, _Label]


def read(listing: Listing) -> Found | None:
    """The images of Clothing1M, or None if its label files are missing.

    Raises `LayoutError` for another missing file, `MetadataError` for an invalid line.
    """
    folder = listing.folder_of(NOISY, CLEAN)
    if folder is None:
        return None
    classes = read_class_names(CLASSES, listing.require(folder, CLASSES, NAME))
    noisy = _read_labels(NOISY, listing.require(folder, NOISY, NAME), classes)
    clean = _read_labels(CLEAN, listing.label_files.get((*folder, CLEAN), b""), classes)
    lists = {
        name: by_path(read_lines(name, listing.label_files.get((*folder, name), b""))) for name in KEY_LISTS
    }
    # In many copies the label files are in a folder of their own, beside the images.
    root = folder[:-1] if folder[-1:] == ("annotations",) else folder
    lines = {
        root + path: _label_line((noisy.get(path) or clean[path]).line, sample)
        for path, sample in _samples(noisy, clean, lists[TEST_LIST])
    }
    rejections = _unlabelled(lists, {NOISY: noisy, CLEAN: clean})
    return Found([*match_files(listing.names, lines), *rejections], classes)


def _read_labels(name: str, data: bytes, classes: list[str]) -> _Labels:
    """Labels by path, from lines of the form `path number`."""
    labels: dict[Path, _Label] = {}
    for line in read_lines(name, data):
        key, _, number = line.text.replace("\t", " ").rpartition(" ")
        if not (key and number.isascii() and number.isdigit() and len(number) < 6):
            raise errors.MetadataError(f"{line.where}: expected a path, a space and a class number.")
        if int(number) >= len(classes):
            raise errors.MetadataError(
                f"{line.where}: class number {number} does not exist; {CLASSES} has 0 to {len(classes) - 1}."
            )
        label = _Label(line, key.strip(), classes[int(number)])
        earlier = labels.setdefault(split_name(label.key), label)
        if earlier.label != label.label:
            raise contradiction(line, earlier.line)
    return labels


def _label_line(line: Line, sample: Sample) -> LabelLine:
    return LabelLine(line.file, line.number, sample.file_name, sample)


def _samples(noisy: _Labels, clean: _Labels, test: Mapping[Path, Line]) -> Iterator[tuple[Path, Sample]]:
    for path, given in noisy.items():
        true = clean[path].label if path in clean else None
        verified, measured = (None, true) if path in test else (true, None)
        yield path, Sample("", given.key, given.label, verified_label=verified, clean_label=measured)
    for path, only in clean.items():
        if path not in noisy and path not in test:
            yield path, Sample("", only.key, None, verified_label=only.label)


def _unlabelled(
    lists: Mapping[str, Mapping[Path, Line]], labels: Mapping[str, _Labels]
) -> Iterator[Rejection]:
    """Rejections of images that a split lists and its label file does not."""
    for name, keys in lists.items():
        for path, line in keys.items():
            if path not in labels[KEY_LISTS[name]]:
                error = errors.UnlabelledError(
                    f"{line.where} names an image without a label in {KEY_LISTS[name]}."
                )
                yield Rejection.of(line.text, error)
