"""Datumaro's own format as a zip: `annotations/<subset>.json` and `images/<subset>/`.

Importable without torch.
"""

from collections.abc import Sequence
from typing import BinaryIO

from mslg_core.exports.archive import Spool, ZipWriter, to_json
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.names import UniqueNames, folder_of

DEFAULT_SUBSET = "default"


class DatumaroWriter(Closing):
    """Writes images, and collects the items of each subset."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._zip = ZipWriter(file)
        self._names = UniqueNames()
        self._numbers = {name: number for number, name in enumerate(classes)}
        self._items: dict[str, Spool] = {}

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`. An image without a label has no annotation."""
        for image in images:
            subset = folder_of(image.row.source_split or DEFAULT_SUBSET)
            path = self._names.path(image.row.file_name, image.suffix, image.number, f"{subset}/")
            self._zip.add_image(f"images/{path}", image.read())
            item = self._item(image, path.removeprefix(f"{subset}/"))
            self._spool(subset).write_item(to_json(item))
        return len(images)

    def _spool(self, subset: str) -> Spool:
        if subset not in self._items:
            self._items[subset] = Spool()
            self._items[subset].write(self._head())
        return self._items[subset]

    def _head(self) -> str:
        labels = [{"name": name, "parent": "", "attributes": []} for name in self._numbers]
        categories = {"label": {"labels": labels, "attributes": []}}
        return (
            f'{{"dm_format_version": "1.0", "infos": {{}}, "categories": {to_json(categories)}, "items": [\n'
        )

    def _item(self, image: ExportImage, path: str) -> dict[str, object]:
        label = image.row.corrected_label
        annotation = {"id": 0, "type": "label", "attributes": {}, "group": 0}
        return {
            "id": path.removesuffix(image.suffix),
            "annotations": [] if label is None else [annotation | {"label_id": self._numbers[label]}],
            "attr": describe(image),
            "image": {"path": path, "size": [image.height, image.width]},
        }

    def close(self) -> None:
        """See `ImageWriter`."""
        for subset, items in self._items.items():
            items.write("\n]}\n")
            self._zip.add_spool(f"annotations/{subset}.json", items)
        self._zip.close()
