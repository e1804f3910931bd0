"""Class folders, as torchvision's `ImageFolder` reads them. Importable without torch.

The class of an image is the name of its parent folder; its `file_name` is its path.
"""

from collections.abc import Iterator

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.archives.paths import split_name
from mslg_core.datasets.layouts.base import Found, Listing, Sample, is_image_name


def read(listing: Listing) -> Found:
    """Every image, labelled with the name of its folder."""
    return Found(_samples([*listing.names, *("/".join(path) for path in listing.label_files)]))


def _samples(names: list[str]) -> Iterator[Sample | Rejection]:
    for name in names:
        folders = split_name(name)[:-1]
        if not is_image_name(name):
            yield Rejection.of(name, errors.NotAnImageNameError("The file name has no image suffix."))
        elif not folders:
            yield Rejection.of(name, errors.UnlabelledError("The image is not in a class folder."))
        else:
            yield Sample(name, name, folders[-1])
