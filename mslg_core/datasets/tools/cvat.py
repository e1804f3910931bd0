"""CVAT 1.1 for images: `annotations.xml` with tags. Importable without torch."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from mslg_core import errors
from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.layouts.base import Found, Listing, Path
from mslg_core.datasets.tools.items import Item, found

NAME = "CVAT"


def read(listing: Listing) -> Found | None:
    """The images of the first annotation file, or None if there is none. Raises `LayoutError`."""
    for path, data in listing.label_files.items():
        if path[-1].lower().endswith(".xml") and b"<annotations" in data[:4096]:
            return found(listing, path, list(_items(path, data, set(listing.names))), NAME)
    return None


def _items(path: Path, data: bytes, names: set[str]) -> Iterator[Item]:
    file, folder = "/".join(path), "".join(f"{part}/" for part in path[:-1]) + "images/"
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise errors.LayoutError(f"{show_name(file)} declares entities, which are not read: export it again.")
    try:
        root = ET.fromstring(data)  # noqa: S314
    except ET.ParseError as error:
        raise errors.LayoutError(f"{show_name(file)} is no valid XML ({error}): export it again.") from error
    for number, image in enumerate(root.iter("image"), start=1):
        tag = image.find("tag")
        fields = {} if tag is None else {each.get("name", ""): each.text for each in tag.iter("attribute")}
        label = None if tag is None else tag.get("label")
        if "given_label" in fields:
            fields.setdefault("verdict", None)
        name = image.get("name", "")
        name = f"images/{name}" if folder + name in names else name
        yield Item(name, label or None, number, fields, split=image.get("subset"))
