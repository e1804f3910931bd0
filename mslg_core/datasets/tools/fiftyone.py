"""`FiftyOneImageClassificationDataset`: `data/` and `labels.json`. Importable without torch."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from mslg_core.datasets.layouts.base import Found, Listing, Path, is_image_name
from mslg_core.datasets.tools.items import Item, found, read_json, text

NAME = "FiftyOne"


def read(listing: Listing) -> Found | None:
    """The images that `labels.json` names, or None if there is none."""
    for path, data in listing.label_files.items():
        content = read_json(data) if path[-1] == "labels.json" else None
        if isinstance(content, dict) and isinstance(content.get("labels"), dict):
            return found(listing, path, _items(content, _files(listing, path)), NAME)
    return None


def _files(listing: Listing, path: Path) -> dict[str, str]:
    """The images by key: their path below `data/`, without suffix."""
    folder = "".join(f"{part}/" for part in path[:-1])
    images = (name.removeprefix(folder) for name in listing.names if is_image_name(name))
    return {str(PurePosixPath(name.removeprefix("data/")).with_suffix("")): name for name in images}


def _items(content: Mapping[str, Any], files: Mapping[str, str]) -> Iterator[Item]:
    classes = content.get("classes")
    for number, (key, target) in enumerate(content["labels"].items(), start=1):
        rich = target if isinstance(target, dict) else {"label": target}
        fields = rich.get("attributes")
        fields = fields if isinstance(fields, dict) else {}
        label = _label(rich.get("label"), classes)
        yield Item(files.get(key, key), label, number, {"id": fields.get("external_id"), **fields})


def _label(target: object, classes: object) -> str | None:
    """The name of the class; a number is an index if there are classes."""
    if isinstance(target, int) and not isinstance(target, bool) and isinstance(classes, list):
        return text(classes[target]) if 0 <= target < len(classes) else None
    return text(target)
