"""Clothing1M as published (Xiao et al., CVPR 2015): numbers of classes in `noisy_label_kv.txt` and
`clean_label_kv.txt`, splits in `*_key_list.txt`, names in `category_names_eng.txt`. Importable without torch.

Every image with a noisy label is a sample. A clean label is a verified one, except in the test split, where
it only measures. Training or validation images with a clean label alone are learned from and never measured
on, since there is no given label to check.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Entry, Found, Listing, Path, Said, match
from mslg_core.datasets.layouts.lines import Line, by_path, contradiction, read_class_names, read_lines
from mslg_rules.selection import Selection

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
    """What a `*_label_kv.txt` says of one image."""

    line: Line
    key: str
    label: str


_Labels = Mapping[Path, _Label]


def read(listing: Listing) -> Found | None:
    """The images of Clothing1M, or None where there is no such label file.

    Raises `LayoutError` for a missing file, `MetadataError` for a bad line.
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
    # Many copies keep the label files in a folder of their own beside the images.
    root = folder[:-1] if folder[-1:] == ("annotations",) else folder
    said = {
        root + path: _said((noisy.get(path) or clean[path]).line, entry)
        for path, entry in _entries(noisy, clean, lists[TEST_LIST])
    }
    return Found([*match(listing.names, said), *_unlabelled(lists, {NOISY: noisy, CLEAN: clean})], classes)


def _read_labels(name: str, data: bytes, classes: list[str]) -> _Labels:
    """Label by key, from lines `path number`."""
    labels: dict[Path, _Label] = {}
    for line in read_lines(name, data):
        key, _, number = line.text.replace("\t", " ").rpartition(" ")
        if not (key and number.isascii() and number.isdigit() and len(number) < 6):
            raise errors.MetadataError(
                f"{line.where}: a path, a blank and the number of a class are expected."
            )
        if int(number) >= len(classes):
            raise errors.MetadataError(
                f"{line.where}: there is no class number {number}; {CLASSES} has 0 to {len(classes) - 1}."
            )
        label = _Label(line, key.strip(), classes[int(number)])
        earlier = labels.setdefault(split_name(label.key), label)
        if earlier.label != label.label:
            raise contradiction(line, earlier.line)
    return labels


def _said(line: Line, entry: Entry) -> Said:
    return Said(line.file, line.number, entry.file_name, entry)


def _entries(noisy: _Labels, clean: _Labels, test: Mapping[Path, Line]) -> Iterator[tuple[Path, Entry]]:
    for path, given in noisy.items():
        right = clean[path].label if path in clean else None
        verified, measured = (None, right) if path in test else (right, None)
        yield path, Entry("", given.key, given.label, verified_label=verified, clean_label=measured)
    for path, only in clean.items():
        if path not in noisy and path not in test:
            yield (
                path,
                Entry("", only.key, only.label, verified_label=only.label, selection=Selection.GIVEN_LABEL),
            )


def _unlabelled(
    lists: Mapping[str, Mapping[Path, Line]], labels: Mapping[str, _Labels]
) -> Iterator[Rejection]:
    """Keys of a list for which the file of its labels has no line."""
    for name, keys in lists.items():
        for path, line in keys.items():
            if path not in labels[KEY_LISTS[name]]:
                error = errors.UnlabelledError(
                    f"{line.where} names an image that {KEY_LISTS[name]} has no label for."
                )
                yield Rejection.of(line.text, error)
