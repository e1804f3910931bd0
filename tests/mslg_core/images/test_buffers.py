"""Buffers for decoded images, in memory and in mapped files."""

import numpy as np
import pytest

from mslg_core.images import buffers
from mslg_core.images.buffers import allocate_pixels, keep_rows


@pytest.mark.parametrize("in_memory", [1 << 20, 100])
def test_kept_rows_are_unchanged_in_memory_and_in_files(
    monkeypatch: pytest.MonkeyPatch, in_memory: int
) -> None:
    monkeypatch.setattr(buffers, "IN_MEMORY", in_memory)
    buffer = allocate_pixels(5, 8)
    assert isinstance(buffer, np.memmap) == (in_memory == 100)
    assert buffer.shape == (5, 8, 8, 3)
    for row in range(5):
        buffer[row] = row
    kept = keep_rows(buffer, np.array([0, 3, 4]))
    assert kept[:, 0, 0, 0].tolist() == [0, 3, 4]
    assert np.shares_memory(kept, buffer)
