"""Class folders, as torchvision's `ImageFolder` reads them. Importable without torch.

The class of an image is the name of its parent folder; its `file_name` is its path. A folder with the name of
a split is not a class.
"""

from collections.abc import Iterator

from mslg_core import errors
from mslg_core.datasets.archives.archive import Rejection
from mslg_core.datasets.layouts.base import Found, Listing, Sample, not_an_image
from mslg_core.datasets.layouts.splits import class_folder, split_of

NAME = "class folders"


def read(listing: Listing) -> Found:
    """Every image, labelled with the name of its folder."""
    return Found(_samples([*listing.names, *("/".join(path) for path in listing.label_files)]), name=NAME)


def _samples(names: list[str]) -> Iterator[Sample | Rejection]:
    for name in names:
        label = class_folder(name)
        if (refused := not_an_image(name)) is not None:
            yield Rejection.of(name, refused)
        elif label is None:
            yield Rejection.of(name, errors.UnlabelledError(_why_unlabelled(name)))
        else:
            yield Sample(name, name, label)


def _why_unlabelled(name: str) -> str:
    split = split_of(name)
    if split is None:
        return "The image is not in a class folder."
    return (
        f"The image lies in {split!r}, which is the name of a split and not a class: put it into a class "
        "folder, or name it in a table."
    )
