"""The layouts with label files, in the order in which they are tried. Importable without torch.

Each reader returns what it found, or None if its label files are missing. Class folders are the fallback.
"""

from collections.abc import Callable

from mslg_core import errors
from mslg_core.configs.reading import FOLDERS
from mslg_core.datasets.archives.paths import show_name, split_name
from mslg_core.datasets.layouts import class_folders, clothing1m, food101n, label_tables, metadata
from mslg_core.datasets.layouts.base import Found, Listing, Path
from mslg_core.datasets.tools import cvat, datumaro, fiftyone, label_studio, our_tables, webdataset

LAYOUTS: dict[str, Callable[[Listing], Found | None]] = {
    our_tables.NAME: our_tables.read,
    metadata.NAME: metadata.read,
    clothing1m.NAME: clothing1m.read,
    food101n.NAME: food101n.read,
    webdataset.NAME: webdataset.read,
    fiftyone.NAME: fiftyone.read,
    label_studio.NAME: label_studio.read,
    datumaro.NAME: datumaro.read,
    cvat.NAME: cvat.read,
    label_tables.NAME: label_tables.read,
}
TOOL_SUFFIXES = (".json", ".xml", ".cls", ".parquet")
_LABEL_FILES = clothing1m.FILES | food101n.FILES


def find_layout(listing: Listing, labels_from: str | None = None) -> Found:
    """What the first layout that fits finds. labels_from: a table, or `folders`, to read instead.

    Raises `ConfigError` for a table that the archive does not contain, and what the layouts raise.
    """
    if labels_from is None:
        found = (read(listing) for read in LAYOUTS.values())
        return next((result for result in found if result is not None), None) or class_folders.read(listing)
    if labels_from == FOLDERS:
        return class_folders.read(listing)
    data = listing.label_files.get(split_name(labels_from))
    if data is None:
        raise errors.ConfigError(f"The archive contains no table {show_name(labels_from)!r}: choose another.")
    return label_tables.read_one(listing, labels_from, data)


def is_label_file(path: Path) -> bool:
    """Whether the file name is that of a label file of any layout."""
    return path[-1] in _LABEL_FILES or metadata.is_metadata(path)


def may_be_tool_file(path: Path) -> bool:
    """Whether the content decides if the file is one of annotations."""
    return path[-1].lower().endswith(TOOL_SUFFIXES)


def may_be_label_file(path: Path) -> bool:
    """Whether the content decides if the file is one with labels."""
    return label_tables.is_label_table(path)
