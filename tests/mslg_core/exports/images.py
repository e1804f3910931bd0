"""Images with hostile names for the tests of export formats."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from PIL import Image

from mslg_core.exports.image import ExportImage
from mslg_core.exports.table import ExportRow
from mslg_core.exports.writers import open_export
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.selection import Selection
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


REVIEWERS = ("Ada", 'Bob "B", <b@x> ü')
TAGS = ("blurred", "a, b", "猫")


def make_image(number: int, name: str) -> ExportImage:
    """Every third is verified; others are unsure, unusable, or wrong without the right class."""
    label, verdict = _decide(number)
    by = CorrectedBy.PERSON if verdict not in {None, Verdict.UNSURE} else CorrectedBy.NONE
    soft = [0.1, 0.2, 0.3, 0.4]
    row = ExportRow(f"id {name}", name, "cat", "dog", 0.25, True, number + 1, soft, label, by, ["dark"])
    row = row._replace(tags=TAGS[: number % 4])
    if verdict is not None:
        decided_at = datetime(2026, 11, 27, tzinfo=UTC)
        row = row._replace(verdict=verdict, reviewers=REVIEWERS[number % 2 :], decided_at=decided_at)
    comments = ("blurred",) if number == 3 else ()
    row = row._replace(comments=comments, selection=Selection.RANKED if verdict == Verdict.WRONG else None)
    return ExportImage(number=number, row=row, suffix=".png", width=6, height=4, read=lambda: png(number))


def _decide(number: int) -> tuple[str | None, Verdict | None]:
    """Corrected label and verdict."""
    if number % 5 == 4:
        return None, Verdict.UNUSABLE if number % 2 else Verdict.WRONG_UNKNOWN
    if number % 5 == 2:
        return "cat", Verdict.UNSURE
    label = CLASSES[number % len(CLASSES)]
    if number % 3:
        return label, None
    return label, Verdict.CORRECT if label == "cat" else Verdict.WRONG


IMAGES = [make_image(number, name) for number, name in enumerate(NAMES)]
LABELLED = [image for image in IMAGES if image.row.corrected_label is not None]


def export(file_format: str, images: Sequence[ExportImage] = IMAGES) -> tuple[bytes, int]:
    """(the file, how many images were written), in two batches."""
    file = io.BytesIO()
    with open_export(file_format, file, CLASSES) as writer:
        written = writer.write(images[:7]) + writer.write(images[7:])
    return file.getvalue(), written
