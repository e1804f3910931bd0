"""Which features a run chooses, and that choosing costs no second extraction."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from mslg_core.configs.job import parse_config
from mslg_core.features import choice
from mslg_core.features.backbone import build_extractors
from mslg_core.features.cache import MemoryCache
from mslg_core.features.choice import Choice, Remembering, choose, held_out_error, list_choices
from mslg_core.features.extraction import Hooks
from mslg_core.features.extractor import FeatureExtractor, Joined
from mslg_core.features.features import Features, identify
from mslg_core.features.image_properties import PropertyMeasurer
from mslg_core.reports import ExtractionReport
from tests.mslg_core.features.test_features import make_strokes
from tests.mslg_core.sources import CountingSource, make_photos

CPU = torch.device("cpu")


class Part:
    """Extracts the mean colour of one corner, and counts the images that it sees."""

    side = 16

    def __init__(self, rows: slice, columns: slice) -> None:
        self.identity = f"{rows} {columns}"
        self._rows, self._columns = rows, columns
        self.seen = 0

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        self.seen += len(pixels)
        means: np.ndarray = pixels[:, self._rows, self._columns].mean(axis=(1, 2))
        return means.astype(np.float32)


def make_parts() -> tuple[Part, Part]:
    return Part(slice(0, 8), slice(0, 8)), Part(slice(8, 16), slice(0, 8))


def make_corners(num_images: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noise images [N, 16, 16, 3]; int64 [N] whether the upper left corner is red, and the lower left one."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 200, (num_images, 16, 16, 3), dtype=np.uint8)
    upper, lower = rng.integers(0, 2, (2, num_images))
    images[upper == 1, :8, :8, 0] += 50
    images[lower == 1, 8:, :8, 0] += 50
    return images, upper, lower


def make_noisy(labels: np.ndarray, rate: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.where(rng.random(len(labels)) < rate, 1 - labels, labels)


def choose_from(candidates: Mapping[str, FeatureExtractor], images: np.ndarray, given: np.ndarray) -> Choice:
    features = {
        Choice(name, mirror=False): torch.from_numpy(extractor.extract(images))
        for name, extractor in candidates.items()
    }
    return choose(features, torch.from_numpy(given))


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_features_that_predict_labels_best_are_chosen_in_spite_of_noise(rate: float) -> None:
    images, upper, lower = make_corners()
    first, second = make_parts()
    for labels, expected in ((upper, "first"), (lower, "second")):
        chosen = choose_from({"first": first, "second": second}, images, make_noisy(labels, rate))
        assert chosen == Choice(expected, mirror=False)


def test_features_are_joined_if_labels_depend_on_both() -> None:
    images, upper, lower = make_corners()
    first, second = make_parts()
    both = Joined(first, second)
    chosen = choose_from({"first": first, "second": second, "both": both}, images, 2 * upper + lower)
    assert chosen.name == "both"


def test_among_equals_the_first_wins() -> None:
    images, upper, _ = make_corners()
    first, again = make_parts()[0], make_parts()[0]
    assert choose_from({"first": first, "again": again}, images, upper).name == "first"


def test_the_error_grows_with_the_noise_of_the_features() -> None:
    """Also where as many labels are predicted right."""
    labels = torch.arange(400) % 4
    clear = torch.nn.functional.one_hot(labels).float()
    noise = torch.randn(clear.shape, generator=torch.Generator().manual_seed(0))
    errors = [held_out_error(clear + spread * noise, labels) for spread in (0.02, 0.05, 0.1, 0.2)]
    assert errors == sorted(errors)
    assert errors[-1] > 2 * errors[0]


def test_every_candidate_has_the_penalty_that_suits_it(monkeypatch: pytest.MonkeyPatch) -> None:
    images, upper, _ = make_corners()
    features = torch.from_numpy(make_parts()[0].extract(images))
    labels = torch.from_numpy(make_noisy(upper, 0.3))
    found = held_out_error(features, labels)
    errors = []
    for penalty in choice.PENALTIES:
        monkeypatch.setattr(choice, "PENALTIES", (penalty,))
        errors.append(held_out_error(features, labels))
    assert found == min(errors) < max(errors)


def test_one_candidate_without_a_question_sees_no_image_before_the_extraction() -> None:
    assert list_choices(["only"], mirror=True) == [Choice("only", mirror=True)]
    assert len(list_choices(["one", "other"], mirror=None)) == 4
    reports: list[ExtractionReport] = []
    config = parse_config({"backbone": "patches", "horizontal_flip": False})
    images, upper, _ = make_corners()
    Features(images, upper, config, CPU, hooks=Hooks(reports.append))
    assert sum(report.done for report in reports) == 128 + 256 + 384 + 400


def test_images_that_decide_are_not_extracted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "REMEMBERED", 100)
    part = make_parts()[0]
    images = make_corners(150)[0]
    remembering = Remembering(part)
    expected = part.extract(images)
    part.seen = 0
    np.testing.assert_array_equal(remembering.extract(images[:100]), expected[:100])
    np.testing.assert_array_equal(remembering.extract(images[50:]), expected[50:])
    np.testing.assert_array_equal(remembering.extract(images[[3, 120]]), expected[[3, 120]])
    assert part.seen == 100 + 50 + 1


def test_auto_chooses_among_patches_the_packaged_network_and_both() -> None:
    images = make_corners(40)[0]
    candidates = build_extractors(parse_config({"backbone": "auto"}), images, CPU)
    shapes = {name: extractor.extract(images[:2]).shape for name, extractor in candidates.items()}
    assert shapes == {"patches": (2, 2048), "pretrained": (2, 1904), "joined": (2, 3952)}


def test_images_that_decide_are_decoded_once_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Besides the sample of images from which patches are drawn."""
    monkeypatch.setattr(choice, "COMPARED_IMAGES", 12)
    source = CountingSource(make_photos(30), 16)
    reports: list[ExtractionReport] = []
    hooks = Hooks(reports.append, PropertyMeasurer())
    given = np.arange(30) % 2
    found = Features(source, given, parse_config({"backbone": "auto"}), CPU, MemoryCache(), hooks)
    assert len(source.loaded) == 30 + 12 + 18
    assert [report.done for report in reports] == [12, 30]
    assert len(found.measures) == 30


def test_the_choice_is_kept_with_the_features(monkeypatch: pytest.MonkeyPatch) -> None:
    images, lean, _ = make_strokes(50)
    config = parse_config({"backbone": "auto"})
    cache = MemoryCache()
    first = Features(images[:80], lean[:80], config, CPU, cache)
    assert first.choice.name in {"patches", "pretrained", "joined"}
    monkeypatch.setattr("mslg_core.features.features.choose", None)
    again = Features(images[:80], 1 - lean[:80], config, CPU, cache)
    assert again.choice == first.choice
    torch.testing.assert_close(
        again.transform_new(images[:3]), first.transform_new(images[:3]), rtol=0.01, atol=0.01
    )
    assert again.digest() == first.digest()


def test_what_auto_chose_from_is_part_of_the_key() -> None:
    names = ("auto", "pretrained", "joined", "patches")
    keys = {identify(parse_config({"backbone": name}), CPU) for name in names}
    assert len(keys) == len(names)


def test_images_of_a_few_pixels_are_no_photographs() -> None:
    tiny = np.zeros((30, 8, 8, 3), dtype=np.uint8)
    tiny[::2, 2:5] = 200
    assert list(build_extractors(parse_config({"backbone": "auto"}), tiny, CPU)) == ["patches"]
