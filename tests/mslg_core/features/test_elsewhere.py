"""Features that other processes extract, a part of the images each, are those of one process to the bit."""

import numpy as np
import pytest
import torch

from mslg_core.configs.job import parse_config
from mslg_core.errors import CheckpointError
from mslg_core.features import extraction
from mslg_core.features.cache import MemoryCache
from mslg_core.features.elsewhere import extract_elsewhere
from mslg_core.features.extraction import Hooks, Missing
from mslg_core.features.features import Features
from mslg_core.features.image_properties import PropertyMeasurer
from mslg_core.images import decoders
from tests.mslg_core.sources import CountingSource, make_photos

PHOTOS = make_photos(50)
SIDE, PART = 32, 16
CPU = torch.device("cpu")
CONFIG = parse_config({"backbone": "auto", "image_size": SIDE})
GIVEN = np.arange(len(PHOTOS)) % 3


class HandedOverError(Exception):
    """The run stops here until others have extracted what is missing."""

    def __init__(self, missing: Missing) -> None:
        super().__init__()
        self.missing = missing


def hand_over(missing: Missing) -> None:
    raise HandedOverError(missing)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "BLOCK", 8)
    monkeypatch.setattr(extraction, "BLOCK", 8)
    monkeypatch.setattr(extraction, "CHUNK", PART)


def extract(source: CountingSource, cache: MemoryCache, hooks: Hooks) -> Features:
    return Features(source, GIVEN, CONFIG, CPU, cache, hooks)


def extract_missing(missing: Missing, cache: MemoryCache) -> int:
    """Extract what is missing in parts, each from a source that has only its own images."""
    for start in range(0, len(missing.positions), PART):
        photos = [PHOTOS[position] for position in missing.positions[start : start + PART]]
        source, hooks = CountingSource(photos, SIDE), Hooks(measurer=PropertyMeasurer())
        extract_elsewhere(missing.config, missing.choices, missing.bank, source, cache, hooks)
    return len(missing.positions)


def test_features_extracted_elsewhere_are_equal_to_the_bit() -> None:
    whole = extract(CountingSource(PHOTOS, SIDE), MemoryCache(), Hooks(measurer=PropertyMeasurer()))
    cache, handed_over = MemoryCache(), 0
    hooks = Hooks(measurer=PropertyMeasurer(), hand_over=hand_over)
    while True:
        try:
            found = extract(CountingSource(PHOTOS, SIDE), cache, hooks)
        except HandedOverError as error:
            handed_over += extract_missing(error.missing, cache)
        else:
            break
    index = torch.arange(len(PHOTOS))
    assert handed_over == len(PHOTOS)
    assert found.choice == whole.choice
    assert torch.equal(found.plain(index), whole.plain(index))
    np.testing.assert_array_equal(found.measures, whole.measures)


def test_a_part_that_was_extracted_before_costs_nothing() -> None:
    cache = MemoryCache()
    with pytest.raises(HandedOverError) as raised:
        extract(CountingSource(PHOTOS, SIDE), cache, Hooks(hand_over=hand_over))
    missing, source = raised.value.missing, CountingSource(PHOTOS[:PART], SIDE)
    arguments = missing.config, missing.choices, missing.bank, source, cache, Hooks()
    extract_elsewhere(*arguments)
    read = len(source.loaded)
    extract_elsewhere(*arguments)
    assert len(source.loaded) == read == PART


def test_without_the_filters_of_the_run_nothing_is_extracted() -> None:
    cache = MemoryCache()
    with pytest.raises(HandedOverError) as raised:
        extract(CountingSource(PHOTOS, SIDE), cache, Hooks(hand_over=hand_over))
    cache.discard("patches")
    with pytest.raises(CheckpointError, match="start the job again"):
        extract_missing(raised.value.missing, cache)
