"""Runs several tasks at once, each in its own process."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

# A forked process cannot use CUDA.
_CONTEXT = get_context("spawn")
POLL_SECONDS = 0.2


def run_all(tasks: Sequence[Callable[[], T]], jobs: int) -> Iterator[T]:
    """Results in order of completion. With one job, tasks run in this process; else they are pickled."""
    if jobs <= 1:
        yield from (task() for task in tasks)
        return
    with ProcessPoolExecutor(jobs, _CONTEXT, _share_cores, (jobs,)) as pool:
        for future in as_completed([pool.submit(task) for task in tasks]):
            yield future.result()


class Outcome(NamedTuple):
    """A finished task: its number, its return value or its traceback, and its duration."""

    number: int
    value: Any
    error: str | None
    seconds: float


def run_until(
    deadline: float, tasks: Sequence[Callable[[], Any]], jobs: int, worth: Callable[[int, float], bool]
) -> Iterator[Outcome]:
    """Outcomes in order of completion, until `time.monotonic()` reaches `deadline`.

    Starts a task only if `worth(number, seconds left)` is true, and kills those that run at the deadline. A
    failing task does not affect the others.
    """
    outcomes: Queue[Outcome] = _CONTEXT.Queue()
    waiting = list(range(len(tasks)))
    running: dict[int, SpawnProcess] = {}
    try:
        while (left := deadline - time.monotonic()) > 0:
            chosen = [number for number in waiting if worth(number, left)][: jobs - len(running)]
            for number in chosen:
                waiting.remove(number)
                process = _CONTEXT.Process(target=_run, args=(number, tasks[number], outcomes, jobs))
                process.start()
                running[number] = process
            if not running:
                return
            for outcome in _drain(outcomes, running, min(left, POLL_SECONDS)):
                running.pop(outcome.number).join()
                yield outcome
    finally:
        for process in running.values():
            process.kill()
            process.join()


def _drain(outcomes: "Queue[Outcome]", running: dict[int, SpawnProcess], seconds: float) -> Iterator[Outcome]:
    """Outcomes that arrive within `seconds`. A process that died without reporting one has failed."""
    try:
        yield outcomes.get(timeout=seconds)
    except Empty:
        for number, process in list(running.items()):
            if process.exitcode not in (None, 0):
                yield Outcome(number, None, f"The process ended with status {process.exitcode}.", 0.0)


def _run(number: int, task: Callable[[], Any], outcomes: "Queue[Outcome]", jobs: int) -> None:
    _share_cores(jobs)
    started = time.monotonic()
    value, error = None, None
    try:
        value = task()
    except Exception:  # one failing run must not stop the others
        error = traceback.format_exc()
    outcomes.put(Outcome(number, value, error, time.monotonic() - started))


def _share_cores(jobs: int) -> None:
    """Give each job its share of the cores. Unpickling a task may have imported torch already."""
    threads = max(1, (os.cpu_count() or 1) // jobs)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(threads)
