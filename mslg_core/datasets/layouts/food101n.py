"""Food-101N as published (Lee et al., CVPR 2018): images listed in `meta/imagelist.tsv` as `class_name/key`,
below `images/`; `meta/verified_train.tsv` and `verified_val.tsv` say of some whether the given class is right
(1) or not (0), never which one is. Importable without torch.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Entry, Found, Listing, Path, Said, match
from mslg_core.datasets.layouts.lines import Line, by_path, contradiction, read_class_names, read_lines

NAME = "Food-101N"
CLASSES, LIST = "classes.txt", "imagelist.tsv"
VERIFIED = ("verified_train.tsv", "verified_val.tsv")
FILES = frozenset({CLASSES, LIST, *VERIFIED})
HEADER = "class_name/key"


class _Flag(NamedTuple):
    """What a `verified_*.tsv` says of one image: whether the given class is right."""

    line: Line
    key: str
    right: bool


def read(listing: Listing) -> Found | None:
    """The images of Food-101N, or None where there is no such label file.

    Raises `LayoutError` for a missing file, `MetadataError` for a bad line.
    """
    folder = listing.folder_of(LIST, *VERIFIED)
    if folder is None:
        return None
    keys = _read_list(listing.require(folder, LIST, NAME))
    classes = _read_classes(listing.require(folder, CLASSES, NAME), keys)
    flags = _read_flags(
        line
        for name in VERIFIED
        for line in _without_header(read_lines(name, listing.label_files.get((*folder, name), b"")))
    )
    said = _said((*folder[:-1], "images"), keys, flags, _files(listing.names))
    return Found([*match(listing.names, said), *_unlisted(flags, keys)], classes)


def _read_list(data: bytes) -> Mapping[Path, Line]:
    keys = by_path(_without_header(read_lines(LIST, data)))
    for key, line in keys.items():
        if len(key) != 2:
            raise errors.MetadataError(f"{line.where}: class_name/key is expected, not {line.text!r}.")
    return keys


def _read_classes(data: bytes, keys: Mapping[Path, Line]) -> list[str]:
    """The classes; the first line may be a header, which is no class of any image."""
    classes = read_class_names(CLASSES, data)
    used = {key[0] for key in keys}
    if classes[0] not in used:
        classes = classes[1:]
    for key, line in keys.items():
        if key[0] not in classes:
            raise errors.MetadataError(f"{line.where}: {CLASSES} has no class {key[0]!r}.")
    return classes


def _read_flags(lines: Iterable[Line]) -> Mapping[Path, _Flag]:
    """The flags by key."""
    flags: dict[Path, _Flag] = {}
    for line in lines:
        key, _, flag = line.text.partition("\t")
        if flag.strip() not in ("0", "1"):
            raise errors.MetadataError(f"{line.where}: class_name/key, a tab and 1 or 0 are expected.")
        found = _Flag(line, key.strip(), flag.strip() == "1")
        earlier = flags.setdefault(split_name(found.key), found)
        if earlier.right != found.right:
            raise contradiction(line, earlier.line)
    return flags


def _without_header(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        if line.number > 1 or not line.text.startswith(HEADER):
            yield line


def _files(names: list[str]) -> Mapping[Path, Path]:
    """Every file by its path, and by its path without the ending, which some copies of the list leave out."""
    paths = [split_name(name) for name in names]
    stems = {(*path[:-1], PurePosixPath(path[-1]).stem): path for path in paths}
    return stems | {path: path for path in paths}


def _said(
    images: Path,
    keys: Mapping[Path, Line],
    flags: Mapping[Path, _Flag],
    files: Mapping[Path, Path],
) -> Mapping[Path, Said]:
    said: dict[Path, Said] = {}
    for key, line in keys.items():
        entry = Entry("", line.text, key[0])
        if key in flags:
            right = flags[key].right
            entry = replace(entry, verified_label=key[0] if right else None, known_wrong=not right)
        path = images + key
        said[files.get(path, path)] = Said(line.file, line.number, line.text, entry)
    return said


def _unlisted(flags: Mapping[Path, _Flag], keys: Mapping[Path, Line]) -> Iterator[Rejection]:
    for path, flag in flags.items():
        if path not in keys:
            error = errors.UnlabelledError(f"{flag.line.where} names an image that {LIST} does not list.")
            yield Rejection.of(flag.key, error)
