"""Several runs at once, each in a process of its own."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")


def run_all(tasks: Sequence[Callable[[], T]], jobs: int) -> Iterator[T]:
    """What the tasks return, as it comes; one job runs here. More need tasks that can be pickled."""
    if jobs <= 1:
        yield from (task() for task in tasks)
        return
    threads = max(1, (os.cpu_count() or 1) // jobs)
    # CUDA does not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _use_threads, (threads,)) as pool:
        for future in as_completed([pool.submit(task) for task in tasks]):
            yield future.result()


def _use_threads(count: int) -> None:
    import torch

    torch.set_num_threads(count)
