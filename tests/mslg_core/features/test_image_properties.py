"""Properties of images are kept beside their features, byte by byte."""

import hashlib
import io

import numpy as np
import torch
from PIL import Image

from mslg_core.configs.job import parse_config
from mslg_core.features.cache import MemoryCache
from mslg_core.features.extraction import Hooks
from mslg_core.features.features import Features
from mslg_core.features.image_properties import PropertyMeasurer, as_properties
from mslg_core.images.decode import decode_and_measure
from tests.mslg_core.sources import CountingSource

SIDE = 16


def encode(number: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (20 + number, 30, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_properties_are_measured_on_the_file_and_kept_with_the_features() -> None:
    files = [encode(number) for number in range(40)]
    config = parse_config({"method": "mslg", "backbone": "patches"})
    cache, hooks = MemoryCache(), Hooks(measurer=PropertyMeasurer())
    for _ in range(2):
        source = CountingSource(files, SIDE)
        given = np.arange(40, dtype=np.int64) % 2
        features = Features(source, given, config, torch.device("cpu"), cache, hooks)
        found = as_properties(features.measures)
        expected = [decode_and_measure(data, SIDE)[1] for data in files]
        assert found.tobytes() == b"".join(row.tobytes() for row in expected)
        assert found["height"].tolist() == list(range(20, 60))
        assert found["sha256"][3].tobytes() == hashlib.sha256(files[3]).digest()
    assert not source.loaded
