"""Images with hostile names for the tests of export formats."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from PIL import Image

from mslg_core.exports.image import ExportImage
from mslg_core.exports.table import ExportRow
from mslg_core.exports.writers import open_export
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.verdict import Verdict

CLASSES = ["cat", "dog", "a/b: c & <d>", "猫"]
NAMES = [
    "1.png",
    "cat/1.png",
    "dog/1.png",
    "Dog/1.PNG",
    "a/../b.png",
    "..",
    "con.png",
    "naïve – 猫.tar.png",
    ' "quoted", <tag> & more.png',
    "back\\slash|pipe?.png",
    "e\u0301.png",
    "é.png",
    "100%2F.png",
    "no suffix",
    "x" * 240 + ".png",
    "x" * 241 + ".png",
    "train/7.png",
    "tab\tand\nline.png",
    "1.jpg",
]


def png(number: int) -> bytes:
    """An image of one colour, a different one for each number."""
    file = io.BytesIO()
    Image.new("RGB", (6, 4), (number, 2 * number, 255 - number)).save(file, "PNG")
    return file.getvalue()


def make_image(number: int, name: str) -> ExportImage:
    """Every third is verified, every fifth has no corrected label."""
    label = None if number % 5 == 4 else CLASSES[number % len(CLASSES)]
    verified = number % 3 == 0
    soft = [0.1, 0.2, 0.3, 0.4]
    by = CorrectedBy.PERSON if verified else CorrectedBy.NONE
    return ExportImage(
        number=number,
        row=ExportRow(f"id {name}", name, "cat", "dog", 0.25, True, number + 1, soft, label, by, ["dark"]),
        suffix=".png",
        width=6,
        height=4,
        read=lambda: png(number),
        verdict=_verdict(label) if verified else None,
        reviewers=("Ada", "Bob") if verified else (),
        decided_at=datetime(2026, 11, 27, tzinfo=UTC) if verified else None,
        comments=("blurred",) if number == 3 else (),
    )


def _verdict(label: str | None) -> Verdict:
    if label is None:
        return Verdict.UNUSABLE
    return Verdict.CORRECT if label == "cat" else Verdict.WRONG


IMAGES = [make_image(number, name) for number, name in enumerate(NAMES)]
LABELLED = [image for image in IMAGES if image.row.corrected_label is not None]


def export(file_format: str, images: Sequence[ExportImage] = IMAGES) -> tuple[bytes, int]:
    """(the file, how many images were written), in two batches."""
    file = io.BytesIO()
    with open_export(file_format, file, CLASSES) as writer:
        written = writer.write(images[:7]) + writer.write(images[7:])
    return file.getvalue(), written
