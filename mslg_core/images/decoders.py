"""Decodes many images at a time, in several processes. Importable without torch.

Processes, not threads, because Pillow holds the interpreter's lock for a part of each image, and because an
image that crashes a decoder then costs that image only.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import islice
from queue import SimpleQueue
from typing import IO, NamedTuple, Self, cast

import numpy as np
from numpy.typing import NDArray

from mslg_core.errors import BadImageError
from mslg_core.images.decode import decode_and_measure
from mslg_core.images.decoder_process import LENGTH
from mslg_core.images.properties import PROPERTIES, Properties
from mslg_core.images.value_range import ValueRange

# Images per block. Two blocks are decoded ahead of the one in use.
BLOCK = 128
AHEAD = 2
# With fewer images, starting processes takes longer than decoding.
MIN_FOR_PROCESSES = 256
MAX_PROCESSES = 16

# Loads one encoded image.
Load = Callable[[], bytes]
# Pixels uint8 [side, side, 3] and properties of one image.
Decoded = tuple[NDArray[np.uint8], Properties]
Decode = Callable[[bytes], Decoded]
_Pending = list[tuple[int, "Future[Decoded]"]]


class Block(NamedTuple):
    """Decoded images: their positions in the dataset int64 [n], pixels uint8 [n, side, side, 3], and
    properties [n] unless they were not measured; and others that cannot be decoded: the reason by position.
    """

    positions: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    damaged: dict[int, str]
    properties: Properties | None = None

    def take(self, chosen: NDArray[np.bool_]) -> "Block":
        """Some of the images."""
        properties = None if self.properties is None else self.properties[chosen]
        return Block(self.positions[chosen], self.pixels[chosen], {}, properties)


class DecoderProcess:
    """One process that decodes images to `side` pixels. Used by one thread at a time.

    values: see `mslg_core.images.decode`.
    """

    def __init__(self, side: int, values: ValueRange | None = None) -> None:
        self._side, self._values = side, values
        self._start()

    def decode(self, data: bytes) -> Decoded:
        """The image as RGB, uint8 [side, side, 3], and its properties. Raises `BadImageError`."""
        try:
            return self._exchange(data)
        except (EOFError, BrokenPipeError) as error:
            self.close()
            self._start()
            raise BadImageError("The image cannot be decoded: the decoder crashed.") from error

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(BrokenPipeError):  # what has been written to a crashed process
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _start(self) -> None:
        # -P: modules come from where this process has them, never from the working folder.
        arguments = [str(self._side), *map(repr, self._values or ())]
        command = [sys.executable, "-P", "-m", "mslg_core.images.decoder_process", *arguments]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment)  # noqa: S603
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def _exchange(self, data: bytes) -> Decoded:
        requests, answers = self._requests, self._answers
        requests.write(LENGTH.pack(len(data)))
        requests.write(data)
        requests.flush()
        length = LENGTH.unpack(_read(answers, LENGTH.size))[0]
        answer = _read(answers, abs(length))
        if length < 0:
            raise BadImageError(answer.decode())
        properties = np.frombuffer(answer, PROPERTIES, count=1)[0]
        pixels = np.frombuffer(answer, dtype=np.uint8, offset=PROPERTIES.itemsize)
        return pixels.reshape(self._side, self._side, 3), properties


def decode_blocks(
    images: Iterator[tuple[int, Load]],
    side: int,
    num_images: int,
    processes: int | None = None,
    values: ValueRange | None = None,
) -> Iterator[Block]:
    """Decode images, given with their positions in the dataset, block by block and ahead of their use.

    `images` is read by the caller's thread, each `Load` called by another one. num_images: how many there are
    at most. processes: by default one per CPU, or none for few images. values: see `mslg_core.images.decode`.
    """
    if processes is None:
        processes = 0 if num_images < MIN_FOR_PROCESSES else min(MAX_PROCESSES, count_cpus())
    with ExitStack() as stack:
        decode = _start_decoders(stack, side, processes, values)
        threads = ThreadPoolExecutor(max(1, processes), thread_name_prefix="decode")
        stack.callback(threads.shutdown, cancel_futures=True)
        waiting: deque[_Pending] = deque()
        while batch := list(islice(images, BLOCK)):
            waiting.append([(number, threads.submit(_decode, load, decode)) for number, load in batch])
            if len(waiting) > AHEAD:
                yield _collect(waiting.popleft(), side)
        while waiting:
            yield _collect(waiting.popleft(), side)


def count_cpus() -> int:
    """CPUs that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _start_decoders(stack: ExitStack, side: int, processes: int, values: ValueRange | None) -> Decode:
    """A function that decodes with the next free process, or in the caller's without any."""
    if processes == 0:
        return lambda data: decode_and_measure(data, side, values)
    free: SimpleQueue[DecoderProcess] = SimpleQueue()
    for _ in range(processes):
        free.put(stack.enter_context(DecoderProcess(side, values)))

    def decode(data: bytes) -> Decoded:
        decoder = free.get()
        try:
            return decoder.decode(data)
        finally:
            free.put(decoder)

    return decode


def _decode(load: Load, decode: Decode) -> Decoded:
    return decode(load())


def _collect(pending: _Pending, side: int) -> Block:
    """Wait for the images of a block. Raises what loading them raised."""
    index: list[int] = []
    damaged: dict[int, str] = {}
    pixels = np.empty((len(pending), side, side, 3), dtype=np.uint8)
    properties = np.empty(len(pending), dtype=PROPERTIES)
    for number, image in pending:
        try:
            pixels[len(index)], properties[len(index)] = image.result()
        except BadImageError as error:
            damaged[number] = str(error)
        else:
            index.append(number)
    size = len(index)
    return Block(np.array(index, dtype=np.int64), pixels[:size], damaged, properties[:size])


def _read(file: IO[bytes], length: int) -> bytes:
    """Exactly `length` bytes. Raises `EOFError`."""
    data = file.read(length)
    if len(data) < length:
        raise EOFError
    return data
