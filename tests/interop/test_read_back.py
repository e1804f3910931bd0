"""Exports of the 1,797 digits, with hostile names, read by the tools that they are for, and by us again."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from torchvision.datasets import ImageFolder

from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import read_dataset
from mslg_core.exports.image import ExportImage
from mslg_core.exports.metadata_columns import MetadataColumn, MetadataValue
from mslg_core.exports.table import ExportRow
from mslg_core.exports.writers import open_export
from mslg_rules.corrected_label import UNLABELLED, CorrectedBy
from mslg_rules.metadata import ColumnType
from mslg_rules.verdict import SETTLING, Verdict
from tests.interop.conftest import READ
from tests.mslg_core.exports.images import NAMES

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-interop" / "bin" / "python"
CLASSES = ["zero", "one", 'two: <2> & "two"', "three/3", "four", "fünf", "六", "7", "NA", "nine "]
TOOLS = ["imagefolder", "webdataset", "fiftyone", "label_studio", "datumaro", "cvat"]


VERDICTS = [Verdict.WRONG, Verdict.CORRECT, Verdict.UNSURE, Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN]
REVIEWERS = ("Ada", 'Bob "B", <b@x> & ü')
TAGS = ("blurred", "a, b", "猫 <x>")
COLUMNS = [MetadataColumn("camera"), MetadataColumn('iso "1"', ColumnType.NUMBER, whole=True)]
CAMERAS = ['A "1", <b> & c', "=1+1", " padded ", "é\n猫"]


def make_digits() -> list[ExportImage]:
    """Every fourth is decided: settled, unsure, unusable, or wrong without the right class."""
    digits = load_digits()
    return [
        make_digit(number, pixels, int(target))
        for number, (pixels, target) in enumerate(zip(digits.images, digits.target, strict=True))
    ]


def make_digit(number: int, pixels: np.ndarray[Any, Any], target: int) -> ExportImage:
    """An image whose name is one of the hostile ones, made unique by a folder."""
    file = io.BytesIO()
    # The number in a corner makes every image a different one.
    pixels = (pixels * 15).astype(np.uint8)
    pixels[0, 0], pixels[0, 7] = number % 256, number // 256
    Image.fromarray(pixels).save(file, "PNG")
    data = file.getvalue()
    name = f"{number // len(NAMES)}/{NAMES[number % len(NAMES)]}"
    return ExportImage(number, make_row(number, name, target), ".png", 8, 8, lambda: data)


def make_row(number: int, name: str, target: int) -> ExportRow:
    """The row, with tags, metadata, and on every fourth a decision."""
    verdict = VERDICTS[number // 4 % len(VERDICTS)] if number % 4 == 0 else None
    given = CLASSES[(target + (verdict is Verdict.WRONG)) % 10]
    label = None if verdict in UNLABELLED else CLASSES[target]
    by = CorrectedBy.NONE if verdict in {None, Verdict.UNSURE} else CorrectedBy.PERSON
    soft = [0.1] * 10
    row = ExportRow(f"id {number}", name, given, CLASSES[target], 0.5, False, number + 1, soft, label, by)
    metadata: dict[str, MetadataValue] = {"camera": CAMERAS[number % len(CAMERAS)], 'iso "1"': number}
    row = row._replace(tags=TAGS[: number % 4], metadata=metadata, verdict=verdict)
    return row if verdict is None else row._replace(reviewers=REVIEWERS[number // 4 % 2 :])


@pytest.fixture(scope="module")
def digits() -> list[ExportImage]:
    """All images."""
    return make_digits()


def write(file_format: str, images: list[ExportImage], folder: Path) -> Path:
    """The export: the file itself if it is a tar, else the folder that it is unpacked to."""
    file = io.BytesIO()
    with open_export(file_format, file, CLASSES, COLUMNS) as writer:
        writer.write(images)
    if file_format == "webdataset":
        path = folder / "digits.tar"
        path.write_bytes(file.getvalue())
        return path
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def read_with_tool(file_format: str, path: Path) -> tuple[str, list[dict[str, Any]]]:
    """The tool with its version, and what it reads: `read_back.py` in the environment of the tools."""
    command = [str(PYTHON), str(Path(__file__).with_name("read_back.py")), file_format, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    tool, *lines = done.stdout.splitlines()
    return tool, [json.loads(line) for line in lines]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file_format", TOOLS)
def test_the_tool_reads_labels_decisions_tags_and_metadata(
    file_format: str, digits: list[ExportImage], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tool, read = read_with_tool(file_format, write(file_format, digits, tmp_path))
    lines = {line["sha256"]: line for line in read}
    expected = [image for image in digits if image.row.corrected_label or file_format != "webdataset"]
    assert len(lines) == len(expected)
    for image in expected:
        line = lines[hashlib.sha256(image.read()).hexdigest()]
        assert line["label"] == expected_label(file_format, image.row)
        row = image.row
        assert (line["id"], line["original_name"]) == (row.id, row.file_name)
        assert (line["given_label"], line["verdict"]) == (row.given_label, row.verdict and row.verdict.value)
        assert (line["reviewers"], line["tags"]) == (list(row.reviewers), list(row.tags))
        assert {name: str(line[name]) for name in row.metadata} == {
            name: str(value) for name, value in row.metadata.items()
        }
    request.config.stash[READ].append((file_format, tool, len(lines)))


def expected_label(file_format: str, row: ExportRow) -> str | None:
    """In Label Studio, only what a person settled is an annotation. FiftyOne and CVAT keep nothing beside a
    missing label, so the verdict stands for it.
    """
    if file_format == "label_studio" and row.verdict not in SETTLING:
        return None
    if file_format in {"fiftyone", "cvat"}:
        return row.corrected_label or row.verdict
    return row.corrected_label


@pytest.mark.parametrize("file_format", [*TOOLS, "class_folders", "yolo"])
def test_we_read_the_same_dataset_again(file_format: str, digits: list[ExportImage], tmp_path: Path) -> None:
    path = tmp_path / "export"
    with path.open("wb") as file, open_export(file_format, file, CLASSES, COLUMNS) as writer:
        written = writer.write(digits)
    with open_archive(path) as archive:
        layout = read_dataset(archive)
    samples = {sample.external_id: sample for sample in layout.samples}
    assert not layout.rejections
    expected = [image.row for image in digits if image.row.corrected_label or written == len(digits)]
    assert len(samples) == len(expected) == written
    for row in expected:
        sample = samples[row.id]
        settled = row.corrected_label if row.verdict in SETTLING else None
        assert (sample.file_name, sample.label, sample.verified_label) == (
            row.file_name,
            row.given_label,
            settled,
        )
        assert sample.open_verdict == (None if settled else row.verdict)
        assert (sample.reviewers, sample.tags) == (tuple(row.reviewers), tuple(row.tags))
        assert dict(sample.metadata.items()) == {name: str(value) for name, value in row.metadata.items()}


@pytest.mark.parametrize(("file_format", "split"), [("class_folders", ""), ("yolo", "train")])
def test_torchvision_reads_class_folders(
    file_format: str, split: str, digits: list[ExportImage], tmp_path: Path
) -> None:
    """`ImageFolder` is also what the trainer of YOLO reads with."""
    data = ImageFolder(str(write(file_format, digits, tmp_path) / split))
    found = {
        hashlib.sha256(Path(path).read_bytes()).hexdigest(): unquote(data.classes[number])
        for path, number in data.samples
    }
    assert found == {
        hashlib.sha256(image.read()).hexdigest(): image.row.corrected_label
        for image in digits
        if image.row.corrected_label is not None
    }
