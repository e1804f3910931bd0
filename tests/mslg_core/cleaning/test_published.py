"""`mslg clean` with the presets for photographs, on small datasets in the published layouts."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image

from mslg_core.cleaning.clean import clean
from mslg_core.configs.job import parse_config
from mslg_core.reports import EpochReport
from tests.mslg_core.datasets.archive_files import write_zip
from tests.mslg_core.datasets.layouts.published import Files, clothing1m, food101n


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-50 for ImageNet's classes, which stands for the downloaded weights."""
    path = tmp_path_factory.mktemp("weights") / "resnet50.pth"
    torch.save(torchvision.models.resnet50().state_dict(), path)
    return path


def with_photos(files: Files) -> Files:
    """The same files with random pixels as images: batch norm has nothing to normalise in grey ones."""
    rng = np.random.default_rng(0)
    return {name: photo(rng) if name.endswith(".jpg") else data for name, data in files.items()}


def photo(rng: np.random.Generator) -> bytes:
    """A PNG of random pixels."""
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).save(buffer, "png")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("preset", "files", "rows"), [("clothing1m", clothing1m(), 9), ("food101n", food101n(), 6)]
)
def test_a_preset_cleans_its_dataset(
    tmp_path: Path, weights: Path, preset: str, files: Files, rows: int
) -> None:
    small = {"epochs": 2, "image_size": 64, "weights_file": str(weights)}
    out = tmp_path / "cleaned.csv"
    archive = write_zip(tmp_path / "dataset.zip", with_photos(files))
    reports: list[EpochReport] = []
    clean(archive, None, None, out, parse_config({"preset": preset, **small}), reports.append)
    assert [report.phase for report in reports] == ["warm_up", "meta"]
    with out.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == rows
    unranked = [row for row in table if not row["label_score"]]
    assert all(not row["given_label"] and row["corrected_by"] == "person" for row in unranked)
    assert len(unranked) == (preset == "clothing1m")
