"""Room for decoded images, in memory and beyond it."""

import numpy as np
import pytest

from mslg_core.images import buffers
from mslg_core.images.buffers import allocate_pixels, keep_rows


@pytest.mark.parametrize("in_memory", [1 << 20, 100])
def test_images_keep_their_pixels_wherever_they_are(monkeypatch: pytest.MonkeyPatch, in_memory: int) -> None:
    monkeypatch.setattr(buffers, "IN_MEMORY", in_memory)
    room = allocate_pixels(5, 8)
    assert isinstance(room, np.memmap) == (in_memory == 100)
    assert room.shape == (5, 8, 8, 3)
    for row in range(5):
        room[row] = row
    kept = keep_rows(room, np.array([0, 3, 4]))
    assert kept[:, 0, 0, 0].tolist() == [0, 3, 4]
    assert np.shares_memory(kept, room)
