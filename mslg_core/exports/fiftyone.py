"""`FiftyOneImageClassificationDataset` as a zip: `data/` and `labels.json`. Importable without torch.

A key of `labels.json` is the path of the image below `data/`, without suffix. An image without a label has
the verdict as its label, such as `unusable`, or null if nobody decided.
"""

from collections.abc import Sequence
from typing import BinaryIO

from mslg_core.exports.archive import Spool, ZipWriter, to_json
from mslg_core.exports.image import Closing, ExportImage, describe, label_or_verdict
from mslg_core.exports.names import UniqueNames


class FiftyOneWriter(Closing):
    """Writes images, and collects their labels."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._zip = ZipWriter(file)
        self._keys = UniqueNames()
        self._labels = Spool()
        self._labels.write(f'{{"classes": {to_json(list(classes))}, "labels": {{\n')

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        for image in images:
            key = self._keys.stem(image.row.file_name, image.suffix, image.number)
            self._zip.add_image(f"data/{key}{image.suffix}", image.read())
            self._labels.write_item(f"{to_json(key)}: {to_json(_target(image))}")
        return len(images)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._labels.write("\n}}\n")
        self._zip.add_spool("labels.json", self._labels)
        self._zip.close()


def _target(image: ExportImage) -> dict[str, object] | None:
    label = label_or_verdict(image)
    if label is None:
        return None
    confidence = _confidence(image)
    fields = describe(image)
    # FiftyOne has an id of its own for every label.
    attributes = {"external_id": fields.pop("id"), **fields}
    target: dict[str, object] = {"label": label, "attributes": attributes}
    return target if confidence is None else target | {"confidence": confidence}


def _confidence(image: ExportImage) -> float | None:
    """The job's probability of the label, for labels that it gave."""
    row = image.row
    if row.label_score is None or row.corrected_label != row.given_label or row.verdict is not None:
        return None
    return round(float(row.label_score), 6)
