"""CVAT 1.1 for images as a zip: `annotations.xml` with a tag per image, and `images/`.

A tag is `manual` if a person decided, else `auto`. Importable without torch.
"""

import re
from collections.abc import Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from mslg_core.exports.archive import Spool, ZipWriter
from mslg_core.exports.image import Closing, ExportImage, describe
from mslg_core.exports.names import UniqueNames
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
)

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CvatWriter(Closing):
    """Writes images, and collects their tags."""

    def __init__(self, file: BinaryIO, classes: Sequence[str]) -> None:
        self._zip = ZipWriter(file)
        self._names = UniqueNames()
        self._xml = Spool()
        self._xml.write(_head(classes))

    def write(self, images: Sequence[ExportImage]) -> int:
        """See `ImageWriter`. An image without a label has no tag."""
        for image in images:
            name = self._names.path(image.row.file_name, image.suffix, image.number)
            self._zip.add_image(f"images/{name}", image.read())
            self._xml.write(_image(image, name))
        return len(images)

    def close(self) -> None:
        """See `ImageWriter`."""
        self._xml.write("</annotations>\n")
        self._zip.add_spool("annotations.xml", self._xml)
        self._zip.close()


def _head(classes: Sequence[str]) -> str:
    attributes = "".join(
        f"<attribute><name>{name}</name><mutable>False</mutable><input_type>text</input_type>"
        "<default_value></default_value><values></values></attribute>"
        for name in ATTRIBUTES
    )
    labels = "\n".join(
        f"<label><name>{_text(name)}</name><type>tag</type><attributes>{attributes}</attributes></label>"
        for name in classes
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n'
        f"<meta><task><mode>annotation</mode><labels>\n{labels}\n</labels></task></meta>\n"
    )


def _image(image: ExportImage, name: str) -> str:
    split = image.row.source_split
    subset = "" if split is None else f" subset={_attribute(split)}"
    return (
        f'<image id="{image.number}" name={_attribute(name)} width="{image.width}" '
        f'height="{image.height}"{subset}>{_tag(image)}</image>\n'
    )


def _tag(image: ExportImage) -> str:
    label = image.row.corrected_label
    if label is None:
        return ""
    source = "manual" if image.row.corrected_by is CorrectedBy.PERSON else "auto"
    fields = describe(image)
    attributes = "".join(
        f'<attribute name="{name}">{_text(str(fields[name]))}</attribute>'
        for name in ATTRIBUTES
        if fields[name] is not None
    )
    return f'<tag label={_attribute(label)} source="{source}">{attributes}</tag>'


def _attribute(text: str) -> str:
    return quoteattr(_allowed(text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _text(text: str) -> str:
    return escape(_allowed(text), {"\r": "&#13;"})


def _allowed(text: str) -> str:
    """The text without the characters that XML 1.0 cannot contain."""
    return _FORBIDDEN.sub("", text)
