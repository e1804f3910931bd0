"""WebDataset: files that share a name up to the first dot are one sample. Importable without torch.

The label is `label` in the `.json`, else the text of the `.cls`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from mslg_core.datasets.layouts.base import Found, Listing, Path, is_image_name
from mslg_core.datasets.tools.items import Item, found, read_json, text

NAME = "WebDataset"


def read(listing: Listing) -> Found | None:
    """The images with a `.cls` file beside them, or None if there are none."""
    labels: dict[Path, dict[str, bytes]] = defaultdict(dict)
    for path, data in listing.label_files.items():
        labels[_key(path)][path[-1].partition(".")[2]] = data
    files = defaultdict[Path, list[str]](list)
    for name in (*listing.names, *("/".join(path) for path in listing.label_files)):
        files[_key(tuple(name.split("/")))].append(name)
    if not any("cls" in parts and _image(files[key]) for key, parts in labels.items()):
        return None
    items = list(_items(files, labels))
    parts = [name for names in files.values() if _image(names) for name in names if not is_image_name(name)]
    return found(listing, (), items, NAME, parts=parts)


def _key(path: Path) -> Path:
    return (*path[:-1], path[-1].partition(".")[0])


def _image(names: list[str]) -> str | None:
    return next((name for name in names if is_image_name(name)), None)


def _items(files: Mapping[Path, list[str]], labels: Mapping[Path, Mapping[str, bytes]]) -> Iterator[Item]:
    for number, (key, names) in enumerate(files.items(), start=1):
        image, parts = _image(names), labels.get(key, {})
        if image is None:
            continue
        fields = read_json(parts.get("json", b""))
        fields = fields if isinstance(fields, dict) else {}
        label = text(fields.get("label")) or parts.get("cls", b"").decode(errors="replace").strip() or None
        yield Item(image, label, number, fields)
