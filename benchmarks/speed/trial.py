"""Finds the number of parallel runs with the highest throughput on a device."""

import time
from functools import partial

import torch

from benchmarks.common.pool import run_all
from benchmarks.speed.step_kinds import Setting, make_captured_step, make_step

CANDIDATES = (1, 2, 4, 8)
SECONDS = 8.0
# More parallel runs delay the first results, so they must gain at least this factor.
GAIN = 1.1


def choose_jobs(device: str) -> int:
    """The number in `CANDIDATES` with the most exact MSLG steps per second, summed over the processes."""
    best, highest = 1, 0.0
    for jobs in CANDIDATES:
        rate = sum(run_all([partial(steps_per_second, device)] * jobs, jobs=max(2, jobs)))
        print(f"{jobs} at once: {rate:.1f} steps per second", flush=True)
        if rate < highest * GAIN:
            break
        best, highest = jobs, rate
    return best


def steps_per_second(device: str, seconds: float = SECONDS) -> float:
    """Exact MSLG steps per second on the paper's network, measured for `seconds` after a warm-up."""
    setting = Setting("cnn8", 128, 128, 32, device)
    make = make_captured_step if device == "cuda" else make_step
    step, index = make("exact", setting), torch.arange(setting.batch, device=device)
    for _ in range(3):
        step(index)
    started, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < seconds or not count:
        step(index)
        if device == "cuda":
            torch.cuda.synchronize()
        count += 1
    return count / elapsed
