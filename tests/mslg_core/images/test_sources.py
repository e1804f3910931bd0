"""Images that are decoded when they are used: order, sides, processes, damaged files."""

import io
import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from mslg_core.errors import BadImageError, DamagedImagesError
from mslg_core.images import decoders
from mslg_core.images.decode import decode_and_measure, decode_image
from mslg_core.images.decoders import DecoderProcess, Load
from mslg_core.images.sources import EncodedSource, Indices, PixelSource, as_contents, gather, to_hex
from mslg_core.images.value_range import ValueRange
from tests.mslg_core.sources import CountingSource, encode_jpeg, make_photos

PHOTOS = make_photos(11)


@pytest.mark.parametrize("processes", [0, 1, 3])
@pytest.mark.parametrize("block", [4, 128])
def test_pixels_depend_neither_on_processes_nor_on_blocks(
    monkeypatch: pytest.MonkeyPatch, processes: int, block: int
) -> None:
    monkeypatch.setattr(decoders, "BLOCK", block)
    source = CountingSource(PHOTOS, side=16, processes=processes)
    assert source.shape == (11, 16, 16, 3)
    wanted = np.array([1, 2, 3, 5, 8, 10])
    for side in (None, 24):
        expected = [decode_and_measure(PHOTOS[i], side or 16)[0] for i in wanted]
        assert np.array_equal(gather(source, wanted, side), expected)


@pytest.mark.parametrize("processes", [0, 2])
def test_damaged_images_are_reported_after_all_others(processes: int) -> None:
    files = [*PHOTOS[:3], b"junk", PHOTOS[4][:-100], *PHOTOS[5:]]
    source = CountingSource(files, side=16, processes=processes)
    blocks = source.blocks(np.arange(11))
    assert next(blocks).positions.tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10]
    with pytest.raises(DamagedImagesError, match="2 images cannot be decoded, first number 4") as raised:
        next(blocks)
    assert list(raised.value.reasons) == [3, 4]
    assert "format" in raised.value.reasons[3]


def test_images_that_vanish_count_as_damaged() -> None:
    def read(index: Indices) -> Iterator[tuple[int, Load]]:
        yield 0, PHOTOS[0].__bytes__

    source = EncodedSource(read, as_contents([b"\1" * 32] * 2), 16)
    with pytest.raises(DamagedImagesError) as raised:
        gather(source)
    assert list(raised.value.reasons) == [1]


def test_a_decoder_that_crashes_costs_one_image() -> None:
    with DecoderProcess(16) as decoder:
        decoder.decode(PHOTOS[0])
        os.kill(decoder._process.pid, signal.SIGKILL)
        with pytest.raises(BadImageError, match="crashed"):
            decoder.decode(PHOTOS[1])
        assert np.array_equal(decoder.decode(PHOTOS[2])[0], decode_and_measure(PHOTOS[2], 16)[0])


def test_a_decoder_ends_with_its_input() -> None:
    with DecoderProcess(16) as decoder:
        decoder._requests.close()
        assert decoder._process.wait(timeout=20) == 0


def test_stopping_early_ends_the_decoders() -> None:
    source = CountingSource(PHOTOS * 30, side=16, processes=2)
    blocks = source.blocks(np.arange(len(PHOTOS) * 30))
    assert len(next(blocks).pixels) == decoders.BLOCK
    blocks.close()  # type: ignore[attr-defined] # warnings about processes that still run are errors


def test_arrays_are_sources_of_one_side() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    source = PixelSource(pixels)
    assert np.array_equal(gather(source, np.array([0, 3])), pixels[[0, 3]])
    assert len(set(source.contents.tolist())) == 5
    with pytest.raises(ValueError, match="8 pixels"):
        gather(source, side=16)


def test_digests_keep_their_trailing_zeros() -> None:
    digest = b"\7" * 30 + b"\0\0"
    assert list(to_hex(as_contents([digest]))) == [digest.hex()]


def test_jpegs_are_decoded_at_reduced_size() -> None:
    """A draft is faster, and differs from a full decode by little."""
    smooth = Image.fromarray(
        np.kron(np.arange(256, dtype=np.uint8).reshape(16, 16), np.ones((40, 40))).astype(np.uint8)
    ).convert("RGB")
    data = encode_jpeg(smooth)
    full = Image.open(io.BytesIO(data)).resize((32, 32), Image.Resampling.BILINEAR)
    assert np.abs(decode_image(data, 32).astype(int) - np.asarray(full)).mean() < 2


def test_decoder_processes_scale_deep_images_by_the_given_range() -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.full((8, 8), 1000, np.uint16)).save(buffer, "TIFF")
    values = ValueRange(0, 4095)
    with DecoderProcess(8, values) as decoder:
        pixels, _ = decoder.decode(buffer.getvalue())
    assert pixels.max() == round(1000 / 4095 * 255)
