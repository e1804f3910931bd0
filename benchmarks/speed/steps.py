"""`mslg bench steps`: cost of a training step, with plain SGD, double backward and each mode of MSLG.

A step goes from sample indices to the optimizer step and includes augmentation. The kinds take turns, so that
other load on the machine affects all of them, and are compared by their medians.
"""

import json
import statistics
from functools import partial

import torch

from benchmarks.common.results import Record, choose_device
from benchmarks.speed.gauges import (
    MIB,
    floating_point_operations,
    matmul_flops_per_second,
    peak_memory,
    seconds,
)
from benchmarks.speed.step_kinds import KINDS, Setting, make_captured_step, make_step

# The paper's network is last, so that it is the last line of the output.
NETS = ("resnet50", "cnn8")
BATCHES = {("cnn8", "cpu"): 128, ("cnn8", "cuda"): 128, ("resnet50", "cpu"): 8, ("resnet50", "cuda"): 64}
SIDES = {("cnn8", "cpu"): 32, ("cnn8", "cuda"): 32, ("resnet50", "cpu"): 64, ("resnet50", "cuda"): 224}
ROUNDS = {"cpu": 5, "cuda": 15}
DIGITS = 3
# On CUDA these are also replayed as graphs, as the trainer does.
CAPTURED = ("sgd", "exact", "last_layer")
GRAPH = "_graph"


def make_setting(net: str, device: str, batch: int | None = None, meta_batch: int | None = None) -> Setting:
    """The default sizes. A CPU gets smaller images for ResNet-50."""
    batch = batch or BATCHES[net, device]
    return Setting(net, batch, meta_batch or max(2, batch // 2), SIDES[net, device], device)


def measure(setting: Setting, rounds: int) -> Record:
    """Time of each kind relative to plain SGD, with seconds, memory and arithmetic."""
    device = torch.device(setting.device)
    index = torch.arange(setting.batch, device=device)
    steps = {kind: make_step(kind, setting) for kind in KINDS}
    flops = {kind: floating_point_operations(partial(step, index)) for kind, step in steps.items()}
    if device.type == "cuda":
        steps |= {kind + GRAPH: make_captured_step(kind, setting) for kind in CAPTURED}
        flops |= {kind + GRAPH: flops[kind] for kind in CAPTURED}
    times: dict[str, list[float]] = {kind: [] for kind in steps}
    for _ in range(rounds):
        for kind, step in steps.items():
            times[kind].append(seconds(partial(step, index), device))
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    ceiling = matmul_flops_per_second(device)
    del steps
    peaks: dict[str, int | None] = {kind: peak_memory(kind, setting) for kind in KINDS}
    return {
        "net": setting.net,
        **{kind: round(value / medians["sgd"], DIGITS) for kind, value in medians.items()},
        "batch": setting.batch,
        "meta_batch": setting.meta_batch,
        "side": setting.side,
        "device": setting.device,
        "threads": torch.get_num_threads(),
        "rounds": rounds,
        "seconds": {kind: round(value, 5) for kind, value in medians.items()},
        "peak_mib": {kind: None if peak is None else round(peak / MIB) for kind, peak in peaks.items()},
        "tflops": {kind: round(flops[kind] / value / 1e12, 4) for kind, value in medians.items()},
        "matmul_tflops": round(ceiling / 1e12, 4),
    }


def as_table(setting: Setting, record: Record) -> str:
    """The record as a text table."""
    lines = [
        setting.title,
        f"{'step':<24}{'ratio':>8}{'ms':>10}{'peak MiB':>10}{'TFLOP/s':>10}",
    ]
    for kind in record["seconds"]:
        peak = record["peak_mib"].get(kind)
        lines.append(
            f"{kind:<24}{record[kind]:>8.2f}{1000 * record['seconds'][kind]:>10.1f}"
            f"{'?' if peak is None else peak:>10}{record['tflops'][kind]:>10.3f}"
        )
    return "\n".join([*lines, f"{'a large matrix product':<52}{record['matmul_tflops']:>10.3f}"])


def run(  # noqa: PLR0913 - the options of the command
    *,
    net: str | None = None,
    batch: int | None = None,
    meta_batch: int | None = None,
    rounds: int | None = None,
    device: str = "auto",
    as_json: bool = False,
) -> list[Record]:
    """Measure one or all networks of `NETS`. Prints a table or a line of JSON per network."""
    device = choose_device(device)
    records = []
    for name in [net] if net else NETS:
        setting = make_setting(name, device, batch, meta_batch)
        record = measure(setting, rounds or ROUNDS[device])
        print(json.dumps(record) if as_json else as_table(setting, record) + "\n", flush=True)
        records.append(record)
    return records
