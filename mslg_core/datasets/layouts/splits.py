"""Names of splits, which are never classes. Importable without torch."""

import re
from pathlib import PurePosixPath

from mslg_core.datasets.archives.paths import split_name

SPLIT_NAMES = frozenset(
    (
        *("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "evaluation"),
        *("unlabeled", "unlabelled"),
    )
)
# Folders that only hold images, where another folder above them names the class or split.
CONTAINERS = frozenset({"image", "images", "img", "imgs"})
# What may stand beside the name of a split: `train_images/`, `test set/`, `train_labels.csv`.
_BESIDE = CONTAINERS | {"set", "data", "labels", "annotations", "metadata"}
_SEPARATORS = re.compile(r"[\s_\-.]+")


def named_split(folder: str) -> str | None:
    """The split that the name of a folder or table means, such as "train"; None if it means none."""
    parts = [named for named in _SEPARATORS.split(folder.strip().lower()) if named not in _BESIDE]
    return parts[0] if len(parts) == 1 and parts[0] in SPLIT_NAMES else None


def split_of(name: str) -> str | None:
    """The split of the outermost folder of a path that has the name of one; None if there is none."""
    return next((named for folder in split_name(name)[:-1] if (named := named_split(folder))), None)


def split_of_table(name: str) -> str | None:
    """The split that a table's own name means: `train.csv` lists `train`."""
    return named_split(PurePosixPath(name).stem)


def class_folder(name: str) -> str | None:
    """The folder that names the class of an image: the innermost, but for containers such as `images` within
    another folder. None if it would be a split; a split within another split is a class of that name.
    """
    folders = list(split_name(name)[:-1])
    while len(folders) > 1 and folders[-1].strip().lower() in CONTAINERS:
        folders.pop()
    if not folders:
        return None
    is_class = named_split(folders[-1]) is None or any(named_split(folder) for folder in folders[:-1])
    return folders[-1] if is_class else None
