"""Names of exported files: safe on every file system, and kept by browsers of all ages."""

from urllib.parse import unquote

import pytest

from api.exports.file_names import content_disposition, name_file
from store.models import ExportFormat


@pytest.mark.parametrize(
    ("dataset", "version", "file_format", "name"),
    [
        ("animals", "3.17", ExportFormat.CSV, "animals-3.17.csv"),
        ("animals", None, ExportFormat.PARQUET, "animals.parquet"),
        ("animals", "gold", ExportFormat.CVAT, "animals-gold.cvat.zip"),
        ("animals", "gold", ExportFormat.CLASS_FOLDERS, "animals-gold.class-folders.zip"),
        ("Tiere – 猫 & Bären", "v1", ExportFormat.PATCH, "Tiere-猫-Bären-v1.patch.jsonl"),
        ("../../etc/passwd", "3.17", ExportFormat.CSV, "etc-passwd-3.17.csv"),
        ('a"b\r\nX: y', "3.17", ExportFormat.CSV, "a-b-X-y-3.17.csv"),
        ("...", "!!", ExportFormat.CSV, "dataset.csv"),
        ("猫" * 200, "3.17", ExportFormat.CSV, f"{'猫' * 33}-3.17.csv"),
    ],
)
def test_names(dataset: str, version: str | None, file_format: ExportFormat, name: str) -> None:
    assert name_file(dataset, version, file_format) == name


def test_the_header_has_the_name_in_ascii_and_as_it_is() -> None:
    name = name_file("Bären – 猫", "3.17", ExportFormat.CSV)
    header = content_disposition(name)
    assert header.startswith("attachment; filename=\"Baren-3.17.csv\"; filename*=UTF-8''")
    assert unquote(header.rpartition("''")[2]) == name
    assert header.isascii()
