"""How many runs at once make the most of a device."""

import time
from functools import partial

import torch

from benchmarks.common.pool import run_all
from benchmarks.speed.step_kinds import Setting, make_step

CANDIDATES = (1, 2, 4, 8)
SECONDS = 8.0
# Less than that is not worth the later first results.
GAIN = 1.1


def choose_jobs(device: str) -> int:
    """The number of `CANDIDATES` with the most exact MSLG steps a second, all processes together."""
    best, most = 1, 0.0
    for jobs in CANDIDATES:
        rate = sum(run_all([partial(steps_per_second, device)] * jobs, jobs=max(2, jobs)))
        print(f"{jobs} at once: {rate:.1f} steps a second", flush=True)
        if rate < most * GAIN:
            break
        best, most = jobs, rate
    return best


def steps_per_second(device: str, seconds: float = SECONDS) -> float:
    """Exact MSLG steps on the paper's network, in `seconds` after a start that is not counted."""
    setting = Setting("cnn8", 128, 128, 32, device)
    step, index = make_step("exact", setting), torch.arange(setting.batch, device=device)
    for _ in range(3):
        step(index)
    started, count = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - started) < seconds or not count:
        step(index)
        if device == "cuda":
            torch.cuda.synchronize()
        count += 1
    return count / elapsed
