"""Small runs of every method and backbone, and one of `mslg clean`, as hashes."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torchvision.models import resnet18

from mslg_core.cleaning.clean import clean
from mslg_core.configs.base import Backbone, Method
from mslg_core.configs.job import parse_config
from mslg_core.ranking.result import CleaningResult
from mslg_core.training.model_selection import make_trainer
from tests.mslg_core.training_sets import CLASSES, make_training_set

SHORT = {"epochs": 4, "warmup_epochs": 2, "batch_size": 32}
ARRAYS = ("soft_labels", "label_score", "suggestion", "rank", "is_label_issue", "trajectories", "neighbours")
# Holds durations, which differ from run to run.
UNSTABLE = ("model_selection",)
SETTINGS: dict[str, dict[str, Any]] = {
    **{f"method {method}": {"method": method, "network": "cnn8", "backbone": "train"} for method in Method},
    "backbone train": {"backbone": Backbone.TRAIN},
    "backbone patches": {"backbone": Backbone.PATCHES},
    "backbone frozen": {"backbone": Backbone.FROZEN, "network": "resnet18"},
    "paper preset": {"preset": "paper"},
    "last layer": {"label_step": "paper", "meta_gradient": "last_layer", "batch_size": 16},
}


def hash_runs(folder: Path) -> dict[str, str]:
    """The results of all `SETTINGS` on the same 90 images; writes a weights file into `folder`."""
    weights = folder / "resnet18.pth"
    torch.manual_seed(0)
    torch.save(resnet18().state_dict(), weights)
    SETTINGS["backbone frozen"]["weights_file"] = str(weights)
    return {name: _hash_result(_run(settings)) for name, settings in SETTINGS.items()}


def hash_clean(folder: Path) -> dict[str, str]:
    """The tables that `mslg clean` writes for 120 images in `folder`, by format."""
    labels, verified = _write_images(folder)
    found: dict[str, str] = {}
    for suffix in ("csv", "jsonl"):
        out = folder / f"out.{suffix}"
        clean(folder / "images", labels, verified, out, parse_config({"epochs": 4}))
        found[suffix] = hashlib.sha256(out.read_bytes()).hexdigest()
    return found


def _run(settings: dict[str, Any]) -> CleaningResult:
    trainer = make_trainer(make_training_set(90)[0], parse_config({**SHORT, **settings}), "cpu")
    for _ in trainer.run():
        pass
    return trainer.result()


def _hash_result(result: CleaningResult) -> str:
    state = hashlib.sha256()
    for name in ARRAYS:
        state.update(getattr(result, name).tobytes())
    summary = result.summary.model_dump(mode="json", exclude=set(UNSTABLE))
    state.update(json.dumps(summary, sort_keys=True).encode())
    return state.hexdigest()


def _write_images(folder: Path) -> tuple[Path, Path]:
    data, true = make_training_set(120)
    (folder / "images").mkdir()
    names = [f"{index:03d}.png" for index in range(len(true))]
    for name, pixels in zip(names, data.decode(), strict=True):
        Image.fromarray(pixels).save(folder / "images" / name)
    labels, verified = folder / "labels.csv", folder / "verified.csv"
    _write_table(labels, [(name, CLASSES[label]) for name, label in zip(names, data.given, strict=True)])
    _write_table(verified, [(names[i], CLASSES[true[i]]) for i in range(0, len(true), 4)])
    return labels, verified


def _write_table(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("file_name", "label"), *rows])
