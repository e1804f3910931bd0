"""Extracting features chunk by chunk: same results however the work is cut, and nothing is done twice."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mslg_core.errors import DamagedImagesError
from mslg_core.features import chunks, extraction
from mslg_core.features.cache import FolderCache, MemoryCache
from mslg_core.features.extraction import Extraction, discard
from mslg_core.features.extractor import Joined, Mirrored, split
from mslg_core.features.patch_features import patch_extractor
from mslg_core.images import decoders
from mslg_core.reports import ExtractionReport
from tests.mslg_core.features import slow_extraction
from tests.mslg_core.sources import CountingSource, make_photos

PHOTOS = make_photos(50)
SIDE = 16
EVERYTHING = np.arange(len(PHOTOS))
EXTRACTOR = patch_extractor(CountingSource(PHOTOS, SIDE), torch.device("cpu"))


class Brightness:
    """The mean of the pixels."""

    identity, side = "brightness", SIDE

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """One measure per image."""
        means: np.ndarray = pixels.mean(axis=(1, 2, 3), dtype=np.float32)
        return means[:, None]


class CountingExtractor:
    """The mean colour. Counts images."""

    identity, side = "colour", SIDE

    def __init__(self) -> None:
        self.images = 0

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """Three features per image."""
        self.images += len(pixels)
        means: np.ndarray = pixels.mean(axis=(1, 2), dtype=np.float32)
        return means


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 4 images, chunks of 8."""
    monkeypatch.setattr(decoders, "BLOCK", 4)
    monkeypatch.setattr(extraction, "BLOCK", 4)
    monkeypatch.setattr(extraction, "CHUNK", 8)


@pytest.mark.parametrize("chunk", [4, 16, 512])
@pytest.mark.parametrize("processes", [0, 2])
def test_features_depend_neither_on_chunks_nor_on_processes(
    monkeypatch: pytest.MonkeyPatch, chunk: int, processes: int
) -> None:
    expected = Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR]).collect(EVERYTHING)[0]
    monkeypatch.setattr(decoders, "BLOCK", min(chunk, 128))
    monkeypatch.setattr(extraction, "CHUNK", chunk)
    source = CountingSource(PHOTOS, SIDE, processes)
    found = Extraction(source, [EXTRACTOR], MemoryCache()).collect(EVERYTHING)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("small_chunks")
def test_a_second_run_extracts_nothing_and_more_images_cost_only_themselves() -> None:
    cache = MemoryCache()
    first = Extraction(CountingSource(PHOTOS[:30], SIDE), [EXTRACTOR], cache).collect(EVERYTHING[:30])
    again = CountingSource(PHOTOS[29::-1], SIDE)  # the same images at other positions
    found = Extraction(again, [EXTRACTOR], cache).collect(EVERYTHING[:30])
    assert again.loaded == []
    assert np.array_equal(found[0], first[0][::-1])
    more = CountingSource(PHOTOS, SIDE)
    Extraction(more, [EXTRACTOR], cache).collect(EVERYTHING)
    assert sorted(more.loaded) == list(range(30, 50))


@pytest.mark.usefixtures("small_chunks")
def test_a_chunk_that_is_damaged_or_has_vanished_is_extracted_again() -> None:
    cache = MemoryCache()
    expected = Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR], cache).collect(EVERYTHING)
    values = sorted(key for key in cache.entries if key.endswith("features"))
    contents = sorted(key for key in cache.entries if key.endswith("contents"))
    cache.entries[values[0]] = b"junk"
    del cache.entries[values[1]], cache.entries[contents[2]]
    cache.entries[contents[3]] = cache.entries[contents[3]][:-1]
    source = CountingSource(PHOTOS, SIDE)
    found = Extraction(source, [EXTRACTOR], cache).collect(EVERYTHING)
    assert 4 * 8 - 6 <= len(source.loaded) <= 4 * 8
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-5, atol=1e-6)


def test_every_measurer_keeps_its_own_results() -> None:
    cache = MemoryCache()
    Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR], cache).collect(EVERYTHING)
    for measurer in (Mirrored(EXTRACTOR), Brightness()):
        source = CountingSource(PHOTOS, SIDE)
        Extraction(source, [measurer], cache).collect(EVERYTHING)
        assert len(source.loaded) == len(PHOTOS)
        discard(cache, measurer, source)
    assert len({key.split("/")[1] for key in cache.entries}) == 1


@pytest.mark.usefixtures("small_chunks")
def test_a_later_measurer_extracts_nothing_again_that_is_known() -> None:
    cache = MemoryCache()
    first = Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR], cache).collect(EVERYTHING[:30])
    counting = CountingExtractor()
    source = CountingSource(PHOTOS, SIDE)
    Extraction(source, [counting], cache).collect(EVERYTHING[10:40])
    both = Extraction(source, [EXTRACTOR, counting], cache)
    features, colours = both.collect(EVERYTHING)
    assert counting.images == 50
    np.testing.assert_allclose(features[:30], first[0], rtol=1e-5, atol=1e-6)
    pixels = np.concatenate([block.pixels for block in CountingSource(PHOTOS, SIDE).blocks(EVERYTHING)])
    np.testing.assert_allclose(colours, pixels.mean(axis=(1, 2)), rtol=1e-5)
    source.loaded.clear()
    both = Extraction(source, [counting, EXTRACTOR], cache)
    assert np.array_equal(both.collect(EVERYTHING)[1], features)
    assert (source.loaded, counting.images) == ([], 50)


def test_joined_extractors_are_kept_apart_and_mirrored_one_by_one() -> None:
    pixels = np.concatenate([block.pixels for block in CountingSource(PHOTOS, SIDE).blocks(EVERYTHING)])
    joined = Joined(EXTRACTOR, EXTRACTOR)
    for mirror, whole in ((False, joined), (True, Mirrored(joined))):
        parts = [part.extract(pixels) for part in split(joined, mirror=mirror)]
        assert np.array_equal(np.concatenate(parts, axis=1), whole.extract(pixels))
        assert len(split(EXTRACTOR, mirror=mirror)) == 1


@pytest.mark.usefixtures("small_chunks")
def test_progress_counts_what_was_known_before() -> None:
    cache = MemoryCache()
    Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR], cache).collect(EVERYTHING[:16])
    reports: list[ExtractionReport] = []
    Extraction(CountingSource(PHOTOS, SIDE), [EXTRACTOR], cache, reports.append).collect(EVERYTHING)
    assert [report.done for report in reports] == [20, 24, 28, 32, 36, 40, 44, 48, 50]
    assert all(report.total == 50 and report.images_per_second > 0 for report in reports)
    assert reports[0].eta_seconds > 0 == reports[-1].eta_seconds


@pytest.mark.usefixtures("small_chunks")
def test_the_features_of_readable_images_are_kept_before_damaged_ones_are_reported() -> None:
    cache = MemoryCache()
    files = [*PHOTOS[:20], b"junk", *PHOTOS[21:]]
    with pytest.raises(DamagedImagesError) as raised:
        Extraction(CountingSource(files, SIDE), [EXTRACTOR], cache).collect(EVERYTHING)
    assert list(raised.value.reasons) == [20]
    source = CountingSource(files, SIDE)
    Extraction(source, [EXTRACTOR], cache).collect(np.delete(EVERYTHING, 20))
    assert len(source.loaded) < extraction.CHUNK


def test_a_process_that_is_killed_repeats_at_most_one_chunk(tmp_path: Path) -> None:
    command = [sys.executable, "-m", slow_extraction.__name__, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    done = 0
    while done < 3 * slow_extraction.CHUNK:
        done = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    kept = len(FolderCache(tmp_path).names("raw")) // 2 * slow_extraction.CHUNK
    assert 2 * slow_extraction.CHUNK <= kept < slow_extraction.NUM_IMAGES
    assert done - kept <= slow_extraction.CHUNK
    source = CountingSource(make_photos(slow_extraction.NUM_IMAGES), slow_extraction.SIDE)
    extraction = Extraction(source, [slow_extraction.make_extractor(0)], FolderCache(tmp_path))
    extraction.collect(np.arange(slow_extraction.NUM_IMAGES))
    assert len(source.loaded) == slow_extraction.NUM_IMAGES - kept


def test_images_are_found_by_content_in_any_number_of_chunks() -> None:
    cache = MemoryCache()
    contents = CountingSource(PHOTOS, SIDE).contents
    assert chunks.Chunks(cache, "x").find(contents).chunk.tolist() == [-1] * 50
    for part in (slice(0, 7), slice(7, 20), slice(30, 31)):
        chunks.save_chunk(cache, "x", contents[part], np.zeros((len(contents[part]), 2), dtype=np.float32))
    found = chunks.Chunks(cache, "x").find(contents)
    assert (found.chunk >= 0).tolist() == [i < 20 or i == 30 for i in range(50)]
    assert found.row[found.chunk >= 0].tolist() == [*range(7), *range(13), 0]
