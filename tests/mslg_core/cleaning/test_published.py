"""`mslg clean` with the presets for photographs, on small datasets in the published layouts."""

import csv
import io
import json
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
from tests.mslg_core.datasets.layouts.published import CLOTHES, Files, clothing1m, food101n, key, text

FOOD = ("apple_pie", "baby_back_ribs")


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


def with_more_clothes() -> tuple[Files, dict[str, str]]:
    """(Clothing1M with six more noisy images, verified labels that make the dataset large enough)."""
    files, more = clothing1m(), [key(n) for n in range(10, 16)]
    files["noisy_label_kv.txt"] += text(*(f"{name} 4" for name in more))
    files["noisy_train_key_list.txt"] += text(*more)
    labels = {key(0): 3, key(3): 3} | dict.fromkeys(more[:3], 4)
    return files | dict.fromkeys(more, b""), {name: CLOTHES[label] for name, label in labels.items()}


def with_more_food() -> tuple[Files, dict[str, str]]:
    """The same for Food-101N."""
    files, more = food101n(), [f"{food}/{n:032x}.jpg" for food in FOOD for n in range(2, 6)]
    new = [name for name in more if f"images/{name}" not in files]
    files["meta/imagelist.tsv"] += text(*new)
    files |= {f"images/{name}": b"" for name in new}
    return files, {name: name.split("/")[0] for name in (more[0], more[1], more[4], more[5])}


@pytest.mark.parametrize(
    ("preset", "dataset", "rows"),
    [("clothing1m", with_more_clothes(), 15), ("food101n", with_more_food(), 12)],
    ids=["clothing1m", "food101n"],
)
def test_a_preset_cleans_its_dataset(
    tmp_path: Path, weights: Path, preset: str, dataset: tuple[Files, dict[str, str]], rows: int
) -> None:
    files, labels = dataset
    verified = tmp_path / "verified.jsonl"
    lines = [json.dumps({"file_name": name, "label": label}) for name, label in labels.items()]
    verified.write_text("\n".join(lines))
    small = {"epochs": 2, "image_size": 64, "weights_file": str(weights)}
    out = tmp_path / "cleaned.csv"
    archive = write_zip(tmp_path / "dataset.zip", with_photos(files))
    reports: list[EpochReport] = []
    clean(archive, None, verified, out, parse_config({"preset": preset, **small}), reports.append)
    assert [report.phase for report in reports] == ["warm_up", "meta"]
    with out.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == rows
    unranked = [row for row in table if not row["label_score"]]
    assert all(not row["given_label"] and row["corrected_by"] == "person" for row in unranked)
    assert len(unranked) == (preset == "clothing1m")
