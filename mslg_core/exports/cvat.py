"""CVAT 1.1 for images as a zip: `annotations.xml` with a tag per image, and `images/`.

A tag is `manual` if a person decided, else `auto`. An image without a label has the verdict as its tag, such
as `unusable`, or none if nobody decided. Importable without torch.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from mslg_core.exports.archive import Spool, ZipWriter
from mslg_core.exports.image import Closing, ExportImage, describe, label_or_verdict
from mslg_core.exports.metadata_columns import csv_cell, exported
from mslg_core.exports.names import UniqueNames
from mslg_core.exports.table import list_cell
from mslg_rules.corrected_label import CorrectedBy

ATTRIBUTES = (
    "id",
    "original_name",
    "given_label",
    "predicted_label",
    "label_score",
    "corrected_by",
    "verdict",
    "selection",
    "reviewers",
    "decided_at",
    "comments",
    "tags",
)

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CvatWriter(Closing):
    """Writes images, and collects their tags."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._zip = ZipWriter(file)
        self._names = UniqueNames()
        self._labels, self._attributes = dict.fromkeys(classes), dict.fromkeys(ATTRIBUTES)
        self._images = Spool()

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`."""
        for image in images:
            name = self._names.path(image.row.file_name, image.suffix, image.number)
            self._zip.add_image(f"images/{name}", image.read())
            self._images.write(_image(image, name, self._tag(image)))
        return len(images)

    def _tag(self, image: ExportImage) -> str:
        label = label_or_verdict(image)
        if label is None:
            return ""
        attributes = _attributes(image)
        self._labels.setdefault(label)
        self._attributes |= dict.fromkeys(attributes)
        return _tag(label, attributes, image.row.corrected_by)

    def close(self) -> None:
        """See `ImageWriter`. Labels and attributes are known only now."""
        self._images.write("</annotations>\n")
        self._zip.add_spool("annotations.xml", self._images, _head(self._labels, self._attributes))
        self._zip.close()


def _head(names: Iterable[str], of_labels: Iterable[str]) -> str:
    attributes = "".join(
        f"<attribute><name>{_text(name)}</name><mutable>False</mutable><input_type>text</input_type>"
        "<default_value></default_value><values></values></attribute>"
        for name in of_labels
    )
    labels = "\n".join(
        f"<label><name>{_text(name)}</name><type>tag</type><attributes>{attributes}</attributes></label>"
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n'
        f"<meta><task><mode>annotation</mode><labels>\n{labels}\n</labels></task></meta>\n"
    )


def _image(image: ExportImage, name: str, tag: str) -> str:
    split = image.row.source_split
    subset = "" if split is None else f" subset={_attribute(split)}"
    return (
        f'<image id="{image.number}" name={_attribute(name)} width="{image.width}" '
        f'height="{image.height}"{subset}>{tag}</image>\n'
    )


def _attributes(image: ExportImage) -> dict[str, str]:
    """The filled fields beside a label, as text: ours, then those of the user's metadata."""
    fields = describe(image)
    ours = {name: _cell(fields[name]) for name in ATTRIBUTES}
    metadata = {name: csv_cell(value) for name, value in exported(image.row.metadata).items()}
    return {name: value for name, value in (ours | metadata).items() if value}


def _cell(value: object) -> str:
    if isinstance(value, list):
        return list_cell(value) or ""
    return "" if value is None else str(value)


def _tag(label: str, attributes: Mapping[str, str], by: CorrectedBy) -> str:
    source = "manual" if by is CorrectedBy.PERSON else "auto"
    elements = "".join(
        f"<attribute name={_attribute(name)}>{_text(value)}</attribute>" for name, value in attributes.items()
    )
    return f'<tag label={_attribute(label)} source="{source}">{elements}</tag>'


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_allowed(text), {"\r": "&#13;"})


def _allowed(text: str) -> str:
    """The text without the characters that XML 1.0 cannot contain."""
    return _FORBIDDEN.sub("", text)
