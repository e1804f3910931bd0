"""A process that extracts features slowly, to be killed: `python -m ... CACHE`. Prints how many are done."""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mslg_core.features import extraction
from mslg_core.features.cache import FolderCache
from mslg_core.features.extraction import Extraction
from mslg_core.features.extractor import NetworkExtractor
from mslg_core.images import decoders
from mslg_core.reports import ExtractionReport
from tests.mslg_core.sources import CountingSource, make_photos

NUM_IMAGES, SIDE = 160, 8
BLOCK, CHUNK = 4, 16


class SlowMean(nn.Module):
    """The mean colour, after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def forward(self, images: Tensor) -> Tensor:
        """Features [B, 3]."""
        time.sleep(self._seconds)
        return images.float().mean(dim=(2, 3))


def make_extractor(seconds: float) -> NetworkExtractor:
    """An extractor that takes `seconds` per batch."""
    return NetworkExtractor(SlowMean(seconds), "slow mean", SIDE, torch.device("cpu"))


def main(folder: Path) -> None:
    """Extract all features."""
    decoders.BLOCK, extraction.CHUNK = BLOCK, CHUNK
    source = CountingSource(make_photos(NUM_IMAGES), SIDE)
    index: NDArray[np.int64] = np.arange(NUM_IMAGES)
    for _ in Extraction(source, [make_extractor(0.05)], FolderCache(folder), show).extract(index):
        pass


def show(report: ExtractionReport) -> None:
    """Print how many images are done."""
    print(report.done, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
