"""Buffers for decoded images, in memory and in mapped files."""

import numpy as np
import pytest

from mslg_core.images import buffers
from mslg_core.images.buffers import allocate_pixels


@pytest.mark.parametrize("in_memory", [1 << 20, 100])
def test_large_buffers_are_mapped_from_a_file(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(buffers, "IN_MEMORY", in_memory)
    buffer = allocate_pixels(5, 8)
    assert isinstance(buffer, np.memmap) == (in_memory == 100)
    assert buffer.shape == (5, 8, 8, 3)
    for row in range(5):
        buffer[row] = row
    assert buffer[:, 7, 7, 2].tolist() == [0, 1, 2, 3, 4]
