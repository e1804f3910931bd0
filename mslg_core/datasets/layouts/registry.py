"""Ways in which datasets lie in folders and archives, one file each. Importable without torch.

Tried in the order of `LAYOUTS`: each reader hands back what it found, or None where its label files are not
there. Class folders are what is left.
"""

from collections.abc import Callable

from mslg_core.datasets.layouts import clothing1m, food101n, metadata
from mslg_core.datasets.layouts.base import Found, Listing, Path

LAYOUTS: dict[str, Callable[[Listing], Found | None]] = {
    "metadata": metadata.read,
    clothing1m.NAME: clothing1m.read,
    food101n.NAME: food101n.read,
}
_LABEL_FILES = clothing1m.FILES | food101n.FILES


def is_label_file(path: Path) -> bool:
    """Whether a layout may want to read a file, by its name."""
    return path[-1] in _LABEL_FILES or metadata.is_metadata(path)
