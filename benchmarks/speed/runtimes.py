"""Which library runs the packaged network fastest on a CPU, and does it compute the same features?

    python -m benchmarks.speed.runtimes [--images N] [--rounds R] [--threads T] [--skip compile]

EfficientNet-Lite0 at 224 pixels, in batches of 16, as features are extracted. All take turns, so that other
work on the machine slows all of them down. `openvino` (Apache-2.0) takes part if it is installed. Compiling
needs a C++ compiler, and takes minutes.
"""

import argparse
import importlib.util
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from os import getloadavg
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.common.markdown import table
from mslg_core.features.extractor import BATCH
from mslg_core.features.timm_models import (
    PACKAGED_MEAN,
    PACKAGED_STD,
    PooledStages,
    fold_batch_norm,
    load_packaged,
)
from mslg_core.models.onnx_network import OnnxNetwork

SIDE = 224
BATCH_SIZE = BATCH["cpu"]

Run = Callable[[Tensor], Tensor]


class Cost(NamedTuple):
    """Of one image, in milliseconds."""

    elapsed: float
    cpu: float


def as_defined() -> Run:
    """The network of timm."""
    return PooledStages(load_packaged().eval())


def channels_last() -> Run:
    """Weights and images with the channels as the last dimension in memory."""
    return _last(PooledStages(load_packaged().eval()))


def folded() -> Run:
    """Batch norms folded into convolutions, too."""
    return _last(_folded())


def compiled() -> Run:
    """The same, compiled by PyTorch's inductor."""
    network = torch.compile(_folded().to(memory_format=torch.channels_last))
    return lambda images: network(images.contiguous(memory_format=torch.channels_last))


def onnx_runtime() -> Run:
    """The network in ONNX Runtime."""
    return OnnxNetwork(_folded(), SIDE)


def openvino() -> Run:
    """The network in OpenVINO, in float32."""
    import openvino

    example = torch.zeros(BATCH_SIZE, 3, SIDE, SIDE)
    with warnings.catch_warnings(action="ignore"):  # it traces, which PyTorch deprecates
        model = openvino.convert_model(_folded(), example_input=example)
    options = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": "f32"}
    network = openvino.Core().compile_model(model, "CPU", options)
    return lambda images: torch.from_numpy(network(images.numpy())[0].copy())


RUNTIMES = {
    "eager": ("PyTorch, as defined", as_defined),
    "channels-last": ("channels last", channels_last),
    "folded": ("channels last, batch norms folded", folded),
    "compile": ("the same, `torch.compile`", compiled),
    "onnxruntime": ("ONNX Runtime", onnx_runtime),
    "openvino": ("OpenVINO", openvino),
}


def _folded() -> nn.Module:
    network = load_packaged().eval()
    fold_batch_norm(network)
    return PooledStages(network)


def _last(network: nn.Module) -> Run:
    network = network.to(memory_format=torch.channels_last)
    return lambda images: network(images.contiguous(memory_format=torch.channels_last))


def main(arguments: Sequence[str] | None = None) -> None:
    """Start each, check its features, let them take turns, print."""
    options = _parse(arguments)
    torch.set_num_threads(options.threads)
    images = make_images(options.images)
    names = [name for name in RUNTIMES if name not in options.skip]
    with torch.inference_mode():
        expected = extract(as_defined(), images)
        started = {name: start(RUNTIMES[name][1], images) for name in names}
        costs = take_turns({name: run for name, (run, _) in started.items()}, images, options.rounds)
        rows = [
            [
                RUNTIMES[name][0],
                f"{seconds:.1f}",
                *summarize(costs[name]),
                *compare(extract(run, images), expected),
            ]
            for name, (run, seconds) in started.items()
        ]
    columns = ["runtime", "start, s", "CPU ms, best", "median", "elapsed ms, best", "median"]
    print(f"{options.threads} threads, {options.rounds} rounds of {options.images} images, ", end="")
    print(f"load {getloadavg()[0]:.1f}\n")
    print(table([*columns, "relative error", "lowest cosine"], rows))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--skip", nargs="*", default=[], choices=RUNTIMES)
    options = parser.parse_args(arguments)
    if not importlib.util.find_spec("openvino"):
        options.skip.append("openvino")
    return options


def make_images(count: int) -> Tensor:
    """Smooth random images float32 [count, 3, SIDE, SIDE], as the network takes them."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, 3, 14, 14, generator=generator) * 255
    pixels = nn.functional.interpolate(coarse, (SIDE, SIDE), mode="bilinear")
    return (pixels - PACKAGED_MEAN) / PACKAGED_STD


def start(make: Callable[[], Run], images: Tensor) -> tuple[Run, float]:
    """A runtime after its first batch, and the seconds until then."""
    started = time.perf_counter()
    run = make()
    run(images[:BATCH_SIZE])
    return run, time.perf_counter() - started


def extract(run: Run, images: Tensor) -> NDArray[np.float32]:
    """The features of all images, [N, D]."""
    return torch.cat([run(batch) for batch in torch.split(images, BATCH_SIZE)]).numpy()


def take_turns(runs: dict[str, Run], images: Tensor, rounds: int) -> dict[str, list[Cost]]:
    """What the features of all images cost each runtime in each round."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            elapsed, cpu = time.perf_counter(), time.process_time()
            extract(run, images)
            spent = time.perf_counter() - elapsed, time.process_time() - cpu
            costs[name].append(Cost(*(1000 * seconds / len(images) for seconds in spent)))
    return costs


def summarize(costs: Sequence[Cost]) -> list[str]:
    """The lowest and the median CPU time, and elapsed time."""
    found = ([cost.cpu for cost in costs], [cost.elapsed for cost in costs])
    return [f"{figure(values):.1f}" for values in found for figure in (min, statistics.median)]


def compare(features: NDArray[np.float32], expected: NDArray[np.float32]) -> list[str]:
    """The relative error, and the lowest cosine of an image's features with those expected."""
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = (features * expected).sum(axis=1, dtype=np.float64) / lengths
    error = np.linalg.norm(features - expected) / np.linalg.norm(expected)
    return [f"{error:.0e}", f"{cosine.min():.6f}"]


if __name__ == "__main__":
    main()
