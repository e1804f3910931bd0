"""Measures time, memory and arithmetic of a step."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.speed.step_kinds import Setting, make_step

MIB = 2**20
MATMUL_SIDE = {"cpu": 2048, "cuda": 8192}
# The trainer's layers run in these formats.
MATMUL_DTYPE = {"cpu": torch.float32, "cuda": torch.bfloat16}
PROC = Path("/proc")


def seconds(call: Callable[[], object], device: torch.device) -> float:
    """Duration of one call.

    On CUDA it is measured between events in the stream: this includes waiting for Python and excludes the
    synchronisation of the clock.
    """
    if device.type != "cuda":
        started = time.perf_counter()
        call()
        return time.perf_counter() - started
    torch.cuda.synchronize()
    start, end = (
        torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        for _ in range(2)
    )
    start.record()
    call()
    end.record()
    torch.cuda.synchronize()
    return float(start.elapsed_time(end)) / 1000


def floating_point_operations(call: Callable[[], object]) -> int:
    """Operations in matrix products and convolutions of one call, including those of differentiation."""
    with FlopCounterMode(display=False) as counter:
        call()
    return int(counter.get_total_flops())


def matmul_flops_per_second(device: torch.device, rounds: int = 5) -> float:
    """Speed of a large matrix product in the precision of the steps, their upper bound."""
    side = MATMUL_SIDE[device.type]
    a = torch.randn(side, side, device=device).to(MATMUL_DTYPE[device.type])
    a @ a
    return 2 * side**3 / min(seconds(lambda: a @ a, device) for _ in range(rounds))


def peak_memory(kind: str, setting: Setting) -> int | None:
    """Growth of memory in bytes during one step, including gradients and momentum.

    CUDA: allocated memory. CPU: resident memory of a separate process; None if the system does not report it.
    """
    if setting.device == "cuda":
        return _growth_on_cuda(kind, setting)
    if not PROC.exists():
        return None
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_growth_of_process, kind, setting).result()


def _growth_on_cuda(kind: str, setting: Setting) -> int:
    step = make_step(kind, setting)
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    step(torch.arange(setting.batch, device=setting.device))
    return torch.cuda.max_memory_allocated() - before


def _growth_of_process(kind: str, setting: Setting) -> int:
    step = make_step(kind, setting)
    before = resident_memory()
    step(torch.arange(setting.batch))
    return peak_resident_memory() - before


def resident_memory(process: str = "self") -> int:
    """Resident memory of a process in bytes."""
    return _read_status(process, "VmRSS")


def peak_resident_memory(process: str = "self") -> int:
    """Largest resident memory of a process so far in bytes.

    Unlike `ru_maxrss`, it leaves out the process that started this one.
    """
    return _read_status(process, "VmHWM")


def _read_status(process: str, field: str) -> int:
    lines = (PROC / process / "status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(field + ":")).split()[1]) * 1024
