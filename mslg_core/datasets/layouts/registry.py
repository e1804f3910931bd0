"""The layouts with label files, in the order in which they are tried. Importable without torch.

Each reader returns what it found, or None if its label files are missing. Class folders are the fallback.
"""

from collections.abc import Callable

from mslg_core.datasets.layouts import clothing1m, food101n, label_tables, metadata
from mslg_core.datasets.layouts.base import Found, Listing, Path

LAYOUTS: dict[str, Callable[[Listing], Found | None]] = {
    metadata.NAME: metadata.read,
    clothing1m.NAME: clothing1m.read,
    food101n.NAME: food101n.read,
    label_tables.NAME: label_tables.read,
}
_LABEL_FILES = clothing1m.FILES | food101n.FILES


def is_label_file(path: Path) -> bool:
    """Whether the file name is that of a label file of any layout."""
    return path[-1] in _LABEL_FILES or metadata.is_metadata(path)


def may_be_label_file(path: Path) -> bool:
    """Whether the content decides if the file is one with labels."""
    return label_tables.is_label_table(path)
