"""The table of a version keeps what exports receive, to the last bit."""

import io
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mslg_core.exports.image import ExportImage
from mslg_core.exports.metadata_columns import MetadataColumn, MetadataValue
from mslg_core.exports.writers import FORMATS, open_export
from mslg_core.versions.table import IMAGE_FIELDS, Names, VersionWriter, read_images, read_names
from mslg_rules.metadata import ColumnType
from mslg_rules.selection import Selection
from tests.mslg_core.exports.images import CLASSES, IMAGES, png

COLUMNS = [MetadataColumn("camera"), MetadataColumn("iso", ColumnType.NUMBER, whole=True)]
NAMES = Names(CLASSES, ["old", *CLASSES], COLUMNS)
STORED = [
    image._replace(
        row=image.row._replace(soft_label=[0.125, 0.125, 0.25, 0.5]),  # exact as float32
        sample_id=100 + image.number,
        sha256=f"{image.number:064}",
        image_key=str(image.number),
    )
    for image in IMAGES
]
METADATA: dict[str, MetadataValue] = {"camera": 'A "1"', "iso": 400}
MARKED = STORED[3].row._replace(
    label_score=1 / 3, tags=("blurred", "猫"), metadata=METADATA, selection=Selection.RANKED
)
STORED[3] = STORED[3]._replace(row=MARKED)


def write(images: list[ExportImage], names: Names = NAMES) -> bytes:
    """The table, in two batches."""
    file = io.BytesIO()
    with VersionWriter(file, names) as writer:
        writer.write(images[:7])
        writer.write([])
        writer.write(images[7:])
    return file.getvalue()


def read(data: bytes, folder: Path) -> list[ExportImage]:
    """The images of a table. Their keys are their numbers."""
    path = folder / "version.parquet"
    path.write_bytes(data)
    return [image for batch in read_images(path, lambda key, _: png(int(key))) for image in batch]


def test_every_field_is_kept(tmp_path: Path) -> None:
    images = read(write(STORED), tmp_path)
    assert [image._replace(read=STORED[0].read) for image in images] == [
        image._replace(read=STORED[0].read, row=image.row._replace(issues=list(image.row.issues)))
        for image in STORED
    ]
    assert [image.read() for image in images] == [image.read() for image in STORED]
    assert {field.name for field in IMAGE_FIELDS} == set(ExportImage._fields) - {"row", "read"}
    assert read_names(tmp_path / "version.parquet") == (CLASSES, ["old", *CLASSES], COLUMNS)


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_export_has_the_same_bytes_again(file_format: str, tmp_path: Path) -> None:
    def export(images: list[ExportImage]) -> bytes:
        file = io.BytesIO()
        with open_export(file_format, file, CLASSES, COLUMNS) as writer:
            writer.write(images)
        return file.getvalue()

    assert export(read(write(STORED), tmp_path)) == export(STORED)


def test_the_same_images_give_the_same_bytes() -> None:
    assert write(STORED) == write(STORED)


def test_soft_labels_of_many_classes_come_back_by_name(tmp_path: Path) -> None:
    many = [f"class {number}" for number in range(1_000)]
    soft = {"class 7": 0.75, "class 999": 0.25}
    image = STORED[0]._replace(row=STORED[0].row._replace(soft_label=soft, given_label="class 7"))
    (back,) = read(write([image], Names(many, many)), tmp_path)
    assert back.row.soft_label == soft
    assert pq.read_schema(tmp_path / "version.parquet").field("soft_label").type.key_type == "string"
