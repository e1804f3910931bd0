"""Datumaro's own format: `annotations/<subset>.json`. Importable without torch."""

from collections.abc import Iterator, Mapping
from typing import Any

from mslg_core.datasets.layouts.base import Found, Listing, Path
from mslg_core.datasets.tools.items import Item, found_in_all, read_json, text

NAME = "Datumaro"


def read(listing: Listing) -> Found | None:
    """The images of all subsets, or None if there are none."""
    files: dict[Path, list[Item]] = {}
    for path, data in listing.label_files.items():
        content = read_json(data) if path[-1].lower().endswith(".json") else None
        if isinstance(content, dict) and isinstance(content.get("items"), list) and "categories" in content:
            files[path] = list(_items(content, path))
    return found_in_all(listing, files, NAME) if files else None


def _items(content: Mapping[str, Any], file: Path) -> Iterator[Item]:
    names, subset = _classes(content), file[-1].rpartition(".")[0]
    root = "".join(f"{part}/" for part in file[:-2])
    split = None if subset == "default" else subset
    for number, item in enumerate(content["items"], start=1):
        image = item.get("image") if isinstance(item, dict) else None
        path = text(image.get("path")) if isinstance(image, dict) else None
        if path is None:
            continue
        fields = item.get("attr")
        fields = fields if isinstance(fields, dict) else {}
        yield Item(f"{root}images/{subset}/{path}", _label(item, names), number, fields, split=split)


def _classes(content: Mapping[str, Any]) -> list[str | None]:
    categories = content["categories"]
    labels = categories.get("label") if isinstance(categories, dict) else None
    listed = labels.get("labels") if isinstance(labels, dict) else None
    return [text(each.get("name")) if isinstance(each, dict) else None for each in listed or []]


def _label(item: Mapping[str, Any], names: list[str | None]) -> str | None:
    annotations = item.get("annotations")
    for each in annotations if isinstance(annotations, list) else []:
        number = each.get("label_id") if isinstance(each, dict) and each.get("type") == "label" else None
        if isinstance(number, int) and 0 <= number < len(names):
            return names[number]
    return None
