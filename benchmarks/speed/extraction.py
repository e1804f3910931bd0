"""Measures the packaged network on a device: images per second from memory, and its features' error."""

import time

import numpy as np
import torch

from benchmarks.common.results import Record
from mslg_core.features.extractor import BATCH
from mslg_core.features.timm_models import packaged_extractor

SIDE = 224
COMPARED = 16


def measure(device: str, images: int, side: int = SIDE) -> Record:
    """Images per second, of `images` random ones of `side` pixels in main memory, after a first batch.

    `relative_error` compares features with those of a CPU in float32.
    """
    pixels = np.random.default_rng(0).integers(0, 256, (images, side, side, 3), dtype=np.uint8)
    extractor = packaged_extractor(side, torch.device(device))
    extractor.extract(pixels[: BATCH[device]])
    started = time.perf_counter()
    features = extractor.extract(pixels)
    seconds = time.perf_counter() - started
    expected = packaged_extractor(side, torch.device("cpu")).extract(pixels[:COMPARED])
    error = np.linalg.norm(features[:COMPARED] - expected) / np.linalg.norm(expected)
    return {
        "images": images,
        "side": side,
        "images_per_second": round(images / seconds, 1),
        "relative_error": float(f"{error:.3g}"),
    }
