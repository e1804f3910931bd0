"""Bad images: each kind is found by CleanVision's score, and good images have none."""

import numpy as np
import pytest
from PIL import Image, ImageOps

from mslg_core.images.decode import decode_and_measure, decode_image
from mslg_core.issues.bad_images import score_images
from mslg_rules.issue_kind import IssueKind
from tests.mslg_core.issues.pictures import SIZE, encode, make_picture, measure_all

NORMAL = 20


def noisy_picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture with sharp edges."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1] // 2, size[0] // 2, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)


BAD = {
    IssueKind.DARK: noisy_picture(0).point(lambda value: value // 8),
    IssueKind.LIGHT: noisy_picture(0).point(lambda value: 255 - value // 24),
    IssueKind.BLURRY: ImageOps.invert(Image.radial_gradient("L")).resize(SIZE).convert("RGB"),
    IssueKind.LOW_INFORMATION: Image.new("RGB", SIZE, (90, 160, 120)),
    IssueKind.ODD_SIZE: noisy_picture(0, (960, 800)),
    IssueKind.ODD_ASPECT_RATIO: noisy_picture(0, (160, 40)),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_image_is_found(kind: IssueKind) -> None:
    files = [encode(BAD[kind], "PNG"), *(encode(noisy_picture(seed), "PNG") for seed in range(NORMAL))]
    scores = score_images(measure_all(files))
    for name, (score, threshold) in scores.items():
        assert ((score >= 0) & (score <= 1)).all()
        assert not (score[1:] < threshold).any(), name
    score, threshold = scores[kind]
    assert score[0] < threshold
    assert score.argmin() == 0


def test_sizes_that_vary() -> None:
    sizes = [(90 + 2 * i, 80) for i in range(NORMAL)] + [(1200, 1000)]
    score, threshold = score_images(measure_all([encode(noisy_picture(0, size), "PNG") for size in sizes]))[
        IssueKind.ODD_SIZE
    ]
    assert np.flatnonzero(score < threshold).tolist() == [NORMAL]


def test_the_original_size_is_measured() -> None:
    data = encode(make_picture(0, (900, 600)))
    pixels, properties = decode_and_measure(data, 32)
    assert [int(properties[name]) for name in ("width", "height")] == [900, 600]
    assert pixels.shape == (32, 32, 3)
    assert np.abs(pixels.astype(int) - decode_image(data, 32)).mean() < 4
