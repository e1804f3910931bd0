"""Names of splits, which are never classes. Importable without torch."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from mslg_core.datasets.archives.paths import split_name

SPLIT_NAMES = frozenset({"train", "training", "test", "testing", "val", "valid", "validation"})
# Folders that only hold images, where another folder above them names the class or split.
CONTAINERS = frozenset({"image", "images", "img", "imgs"})


def is_split(folder: str) -> bool:
    """Whether the folder has the name of a split."""
    return folder.strip().lower() in SPLIT_NAMES


def split_of(name: str) -> str | None:
    """The outermost folder of a path that has the name of a split; None if there is none."""
    return next((folder for folder in split_name(name)[:-1] if is_split(folder)), None)


def split_of_table(name: str) -> str | None:
    """The split that a table's own name means: `train.csv` lists `train`."""
    stem = PurePosixPath(name).stem
    return stem if is_split(stem) else None


def class_folder(name: str) -> str | None:
    """The folder that names the class of an image: the innermost, but for containers such as `images` within
    another folder. None if it would be a split; a split within another split is a class of that name.
    """
    folders = list(split_name(name)[:-1])
    while len(folders) > 1 and folders[-1].strip().lower() in CONTAINERS:
        folders.pop()
    if folders and is_split(folders[-1]):
        return _within_split(folders)
    return folders[-1] if folders else None


def _within_split(folders: Sequence[str]) -> str | None:
    """The class of an image whose innermost folder has the name of a split."""
    above = [folder for folder in folders[:-1] if is_split(folder)]
    return folders[-1] if above else None
