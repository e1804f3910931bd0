"""Exports of the 1,797 digits, with hostile names, read by the tools that they are for."""

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

from mslg_core.exports.image import ExportImage
from mslg_core.exports.table import ExportRow
from mslg_core.exports.writers import open_export
from mslg_rules.corrected_label import CorrectedBy
from mslg_rules.verdict import Verdict
from tests.mslg_core.exports.images import NAMES

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-interop" / "bin" / "python"
CLASSES = ["zero", "one", 'two: <2> & "two"', "three/3", "four", "fünf", "六", "7", "NA", "nine "]
TOOLS = ["imagefolder", "webdataset", "fiftyone", "label_studio", "datumaro", "cvat"]


def make_digits() -> list[ExportImage]:
    """Every tenth is settled by a person, every hundredth is unusable."""
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
    verdict = Verdict.UNUSABLE if number % 100 == 99 else Verdict.WRONG if number % 10 == 0 else None
    label = None if verdict is Verdict.UNUSABLE else CLASSES[target]
    given = CLASSES[(target + (number % 10 == 0)) % 10]
    by = CorrectedBy.NONE if verdict is None else CorrectedBy.PERSON
    name = f"{number // len(NAMES)}/{NAMES[number % len(NAMES)]}"
    row = ExportRow(
        f"id {number}", name, given, CLASSES[target], 0.5, False, number + 1, [0.1] * 10, label, by
    )
    return ExportImage(number, row, ".png", 8, 8, lambda: data, verdict, ("Ada",) if verdict else ())


@pytest.fixture(scope="module")
def digits() -> list[ExportImage]:
    """All images."""
    return make_digits()


def write(file_format: str, images: list[ExportImage], folder: Path) -> Path:
    """The export: the file itself if it is a tar, else the folder that it is unpacked to."""
    file = io.BytesIO()
    with open_export(file_format, file, CLASSES) as writer:
        writer.write(images)
    if file_format == "webdataset":
        path = folder / "digits.tar"
        path.write_bytes(file.getvalue())
        return path
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def read_back(file_format: str, path: Path) -> list[dict[str, Any]]:
    """The lines that `read_back.py` prints, in the environment of the tools."""
    command = [str(PYTHON), str(Path(__file__).with_name("read_back.py")), file_format, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file_format", TOOLS)
def test_ids_names_labels_and_verdicts_come_back(
    file_format: str, digits: list[ExportImage], tmp_path: Path
) -> None:
    lines = {line["sha256"]: line for line in read_back(file_format, write(file_format, digits, tmp_path))}
    expected = [image for image in digits if image.row.corrected_label or file_format != "webdataset"]
    assert len(lines) == len(expected)
    for image in expected:
        line = lines[hashlib.sha256(image.read()).hexdigest()]
        assert line["label"] == expected_label(file_format, image)
        if line["label"] is None and file_format in {"fiftyone", "cvat"}:
            continue  # these keep nothing beside a label
        assert (line["id"], line["original_name"]) == (image.row.id, image.row.file_name)
        assert line["given_label"] == image.row.given_label
        assert line["verdict"] == (image.verdict and image.verdict.value)


def expected_label(file_format: str, image: ExportImage) -> str | None:
    """In Label Studio, only what a person decided is an annotation."""
    is_annotated = file_format != "label_studio" or image.verdict is not None
    return image.row.corrected_label if is_annotated else None


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
