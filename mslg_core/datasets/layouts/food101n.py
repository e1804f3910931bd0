"""Food-101N as published (Lee et al., CVPR 2018). Importable without torch.

`meta/imagelist.tsv` lists the images below `images/` as `class_name/key`. `meta/verified_train.tsv` and
`verified_val.tsv` mark the given class of some images as right (1) or wrong (0), without the true class.
An archive with one of these three files is Food-101N.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Found, LabelLine, Listing, Path, Sample, match_files
from mslg_core.datasets.layouts.lines import Line, by_path, contradiction, read_class_names, read_lines
from mslg_rules.verdict import Verdict

NAME = "Food-101N"
CLASSES, LIST = "classes.txt", "imagelist.tsv"
VERIFIED = ("verified_train.tsv", "verified_val.tsv")
FILES = frozenset({CLASSES, LIST, *VERIFIED})
HEADER = "class_name/key"


class _Flag(NamedTuple):
    """Whether a `verified_*.tsv` marks the given class of one image as right."""

    line: Line
    key: str
    right: bool


def read(listing: Listing) -> Found | None:
    """The images of Food-101N, or None if its label files are missing.

    Raises `LayoutError` for another missing file, `MetadataError` for an invalid line.
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
    lines = _label_lines((*folder[:-1], "images"), keys, flags, _files(listing.names))
    return Found([*match_files(listing.names, lines), *_unlisted(flags, keys)], classes)


def _read_list(data: bytes) -> Mapping[Path, Line]:
    keys = by_path(_without_header(read_lines(LIST, data)))
    for key, line in keys.items():
        if len(key) != 2:
            raise errors.MetadataError(f"{line.where}: expected class_name/key, not {line.text!r}.")
    return keys


def _read_classes(data: bytes, keys: Mapping[Path, Line]) -> list[str]:
    """The class names. A first line that no image has as its class is a header."""
    classes = read_class_names(CLASSES, data)
    used = {key[0] for key in keys}
    if classes[0] not in used:
        classes = classes[1:]
    for key, line in keys.items():
        if key[0] not in classes:
            raise errors.MetadataError(f"{line.where}: {CLASSES} does not list the class {key[0]!r}.")
    return classes


def _read_flags(lines: Iterable[Line]) -> Mapping[Path, _Flag]:
    """Flags by path."""
    flags: dict[Path, _Flag] = {}
    for line in lines:
        key, _, flag = line.text.partition("\t")
        if flag.strip() not in ("0", "1"):
            raise errors.MetadataError(f"{line.where}: expected class_name/key, a tab and 1 or 0.")
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
    """Files by path, and by path without suffix, because some copies of the list omit the suffix."""
    paths = [split_name(name) for name in names]
    stems = {(*path[:-1], PurePosixPath(path[-1]).stem): path for path in paths}
    return stems | {path: path for path in paths}


def _label_lines(
    images: Path,
    keys: Mapping[Path, Line],
    flags: Mapping[Path, _Flag],
    files: Mapping[Path, Path],
) -> Mapping[Path, LabelLine]:
    lines: dict[Path, LabelLine] = {}
    for key, line in keys.items():
        sample = Sample("", line.text, key[0])
        if key in flags:
            right = flags[key].right
            wrong = None if right else Verdict.WRONG_UNKNOWN
            sample = replace(sample, verified_label=key[0] if right else None, open_verdict=wrong)
        path = images + key
        lines[files.get(path, path)] = LabelLine(line.file, line.number, line.text, sample)
    return lines


def _unlisted(flags: Mapping[Path, _Flag], keys: Mapping[Path, Line]) -> Iterator[Rejection]:
    for path, flag in flags.items():
        if path not in keys:
            error = errors.UnlabelledError(f"{flag.line.where} names an image that {LIST} does not list.")
            yield Rejection.of(flag.key, error)
