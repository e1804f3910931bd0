"""Accuracy and seconds of each backbone: `python -m benchmarks.compare.modes --help`.

`frozen` gets random weights here, because no pretrained weights are downloaded. Its row shows the features of
an untrained network.
"""

import argparse
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.problems.datasets import load_cifar10, load_digits_dataset
from benchmarks.problems.figures import label_figures
from benchmarks.problems.problem import Noise, Problem, draw_verified, make_noise
from benchmarks.problems.training import as_cleaning, train
from mslg_core.configs.base import Network
from mslg_core.configs.job import parse_config
from mslg_core.models.networks import build_network

MODES = {
    "train, exact": {"method": "mslg", "backbone": "train"},
    "train, last layer": {"method": "mslg", "backbone": "train", "meta_gradient": "last_layer"},
    "patches": {"method": "mslg", "backbone": "patches"},
    "frozen resnet18, random weights": {"method": "mslg", "backbone": "frozen", "network": "resnet18"},
}


def main() -> None:
    """Print a table for the digits, or for a subset of CIFAR-10 if its file is given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cifar10", type=Path, help="Parquet file of CIFAR-10")
    parser.add_argument("--images", type=int, default=1300)
    parser.add_argument("--rate", type=float, default=0.4)
    parser.add_argument("--noise", type=Noise, default=Noise.UNIFORM, choices=list(Noise))
    args = parser.parse_args()
    data = load_digits_dataset(args.images, 0)
    if args.cifar10:
        data = load_cifar10(args.cifar10, args.images, 1000, 0)
    problem = draw_verified(data, make_noise(args.noise, data, args.rate, 0), args.images // 13, 0)
    print("| mode | test accuracy | AUROC | seconds |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "random.pt"
        torch.manual_seed(0)
        torch.save(build_network(Network.RESNET18, 2, 32).state_dict(), weights)
        for mode, settings in MODES.items():
            local = {"weights_file": str(weights), "image_size": 32} if "network" in settings else {}
            flip = {"horizontal_flip": bool(args.cifar10)}
            print(f"| {mode} | {_row(problem, {**settings, **local, **flip})} |", flush=True)


def _row(problem: Problem, settings: dict[str, object]) -> str:
    """One row of the table. Seconds include feature extraction and measuring."""
    started = time.perf_counter()
    trained = train(problem.training_set(), parse_config(settings), problem)
    seconds = time.perf_counter() - started
    auroc = label_figures(problem, as_cleaning(problem, trained))["auroc"]
    return f"{trained.curve.test[-1]:.3f} | {auroc or 0:.3f} | {seconds:.0f}"


if __name__ == "__main__":
    main()
