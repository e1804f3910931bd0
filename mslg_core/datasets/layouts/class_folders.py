"""Class folders, as torchvision's `ImageFolder` reads them: the class of an image is the folder that holds it
directly, its `file_name` its path. Importable without torch.
"""

from collections.abc import Iterator

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Entry, Found, Listing, is_image_name


def read(listing: Listing) -> Found:
    """Every image with its folder as its label."""
    return Found(_entries([*listing.names, *("/".join(path) for path in listing.label_files)]))


def _entries(names: list[str]) -> Iterator[Entry | Rejection]:
    for name in names:
        folders = split_name(name)[:-1]
        if not is_image_name(name):
            yield Rejection.of(name, errors.NotAnImageNameError("The file is not named like an image."))
        elif not folders:
            yield Rejection.of(name, errors.UnlabelledError("The image is in no class folder."))
        else:
            yield Entry(name, name, folders[-1])
