"""Replays training steps as CUDA graphs: one launch in place of about a thousand.

On a small network a GPU computes faster than Python launches its kernels: most of a step's time is waiting.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch import Tensor

from mslg_core.images.batches import Images
from mslg_core.methods.base import BaseMethod, Run

Step = Callable[[Tensor], Tensor]

# Steps of a kind before it is captured. They allocate what outlives a step, such as momentum, and a kind that
# takes fewer steps would not earn the time of its capture.
EAGER_STEPS = 12


class Eager:
    """Runs steps as they are."""

    def run(self, step: Step, index: Tensor) -> Tensor:
        """The loss of `step` on the samples `index` int64 [B]."""
        return step(index)


class CapturedStep:
    """One captured step for batches of one size.

    Args: step; size B; generator that the step draws from, on CUDA; stream to capture on; pool of memory to
    share with other captured steps, which must not run at the same time.
    """

    def __init__(
        self, step: Step, size: int, generator: torch.Generator, stream: torch.cuda.Stream, pool: Any
    ) -> None:
        self._index = torch.zeros(size, dtype=torch.int64, device=generator.device)
        self._graph = torch.cuda.CUDAGraph()
        self._graph.register_generator_state(generator)
        # The graph reads and writes memory that the step's tensors own: the step must live as long.
        self._step = step
        with torch.cuda.graph(self._graph, pool=pool, stream=stream):
            self._loss = step(self._index)

    def replay(self, index: Tensor) -> Tensor:
        """The loss of the step on `index` int64 [B]; overwritten by the next call."""
        self._index.copy_(index)
        self._graph.replay()
        return self._loss


class CudaGraphs:
    """Runs steps of a method on CUDA. Captures each kind of step after `EAGER_STEPS` of them.

    What a graph holds fixed is part of the kind: the batch size, the learning rate, and `fixed()` of the
    method.
    """

    def __init__(self, method: BaseMethod[Any]) -> None:
        self._method, self._run = method, method.run
        self._stream = torch.cuda.Stream(method.run.given.device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()
        self._captured: dict[Hashable, CapturedStep] = {}
        self._eager: Counter[Hashable] = Counter()

    def run(self, step: Step, index: Tensor) -> Tensor:
        """The loss of `step` on the samples `index` int64 [B]; overwritten by the next call."""
        kind = (step.__name__, len(index), self._run.current_rate, self._method.fixed())
        if kind in self._captured:
            return self._captured[kind].replay(index)
        if self._eager[kind] >= EAGER_STEPS:
            self._captured[kind] = CapturedStep(
                step, len(index), self._run.generator, self._stream, self._pool
            )
            return self._captured[kind].replay(index)
        self._eager[kind] += 1
        return run_on(self._stream, step, index)


def run_on(stream: torch.cuda.Stream, step: Step, index: Tensor) -> Tensor:
    """The loss of `step`, run on `stream` between the work before and after it."""
    current = torch.cuda.current_stream()
    stream.wait_stream(current)
    with torch.cuda.stream(stream):
        loss = step(index)
    current.wait_stream(stream)
    return loss


def make_runner(method: BaseMethod[Any]) -> Eager | CudaGraphs:
    """The faster way to run the method's steps. A graph cannot read images that stay in main memory."""
    return CudaGraphs(method) if _can_capture(method.run) else Eager()


def _can_capture(run: Run) -> bool:
    resident = not isinstance(run.images, Images) or run.images.resident
    return run.given.is_cuda and resident
