"""Extracted features: extractors, projection, cache."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision

from mslg_core.configs.job import JobConfig, parse_config
from mslg_core.errors import WeightsError
from mslg_core.features import extraction, features
from mslg_core.features.cache import FolderCache
from mslg_core.features.features import Features, identify
from mslg_core.features.projection import choose_rank, fit_projection
from tests.mslg_core.training_sets import make_training_set

CPU = torch.device("cpu")
PATCHES = parse_config({"backbone": "patches", "horizontal_flip": False})
SET = make_training_set(50)[0]
IMAGES = SET.decode()


def extract(
    images: np.ndarray, config: JobConfig, device: torch.device, cache: FolderCache | None = None
) -> Features:
    """Features of images [N, side, side, 3] whose given labels are the set's first N."""
    return Features(images, SET.given[: len(images)], config, device, cache)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> JobConfig:
    path = tmp_path_factory.mktemp("weights") / "resnet18.pt"
    torch.manual_seed(0)
    torch.save(torchvision.models.resnet18().state_dict(), path)
    return parse_config(
        {"backbone": "frozen", "network": "resnet18", "weights_file": str(path), "image_size": 32}
    )


def test_features_have_the_interface_of_images() -> None:
    found = extract(IMAGES, PATCHES, CPU)
    index = torch.tensor([3, 1])
    assert found.plain(index).shape == (2, found.num_features)
    torch.testing.assert_close(found.transform_new(IMAGES[[3, 1]]), found.plain(index), rtol=1e-3, atol=1e-3)
    noise = [found.augmented(index, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(noise[0], noise[1])
    assert not torch.equal(noise[0], noise[2])


def test_a_pretrained_network_extracts_features_without_its_head(frozen: JobConfig) -> None:
    images = IMAGES[:6]
    found = extract(images, frozen, CPU)
    assert found.num_features == len(images)  # as many axes as images, where there are fewer than features
    enlarged = extract(images, frozen.model_copy(update={"image_size": None}), CPU)
    assert not torch.allclose(found.plain(torch.arange(6)), enlarged.plain(torch.arange(6)))


def test_mirror_images_have_equal_features_if_flips_are_allowed() -> None:
    mirrored = IMAGES[:, :, ::-1]
    flips = extract(IMAGES, PATCHES.model_copy(update={"horizontal_flip": True}), CPU)
    torch.testing.assert_close(
        flips.transform_new(mirrored), flips.transform_new(IMAGES), rtol=1e-3, atol=1e-3
    )
    plain = extract(IMAGES, PATCHES, CPU)
    assert not torch.allclose(plain.transform_new(mirrored), plain.transform_new(IMAGES), atol=0.1)


def make_strokes(contrast: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """800 noisy images [N, 16, 16, 3] of strokes; int64 [N] whether each leans to the left; its colour."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 200, (800, 16, 16, 3), dtype=np.uint8)
    lean, colour = rng.integers(0, 2, (2, 800))
    for image, to_the_left, red in zip(images, lean, colour, strict=True):
        columns = rng.integers(2, 4) + np.arange(12)
        image[2:14, columns if to_the_left else 15 - columns, 0 if red else 2] += contrast
    return images, lean, colour


@pytest.mark.parametrize("left_and_right_matter", [True, False])
def test_mirror_images_are_averaged_if_that_predicts_labels_better(left_and_right_matter: bool) -> None:
    images, lean, colour = make_strokes(50 if left_and_right_matter else 8)
    labels = lean if left_and_right_matter else colour
    found = Features(images, labels, parse_config({"backbone": "patches"}), CPU)
    same = torch.allclose(found.transform_new(images[:, :, ::-1]), found.transform_new(images), atol=1e-3)
    assert same is not left_and_right_matter


def test_cached_features_are_not_extracted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FolderCache(tmp_path / "new")
    first = extract(IMAGES, PATCHES, CPU, cache)
    monkeypatch.setattr(Features, "_fit", None)
    again = extract(IMAGES, PATCHES.model_copy(update={"seed": 7, "epochs": 3}), CPU, cache)
    everything = torch.arange(len(IMAGES))
    assert torch.equal(first.plain(everything), again.plain(everything))
    assert torch.equal(first.transform_new(IMAGES[:2]), again.transform_new(IMAGES[:2]))
    changed = IMAGES.copy()
    changed[-1, 7, 7, 2] += 1
    with pytest.raises(TypeError):
        extract(changed, PATCHES, CPU, cache)


def test_damaged_files_are_extracted_again_and_partial_files_removed(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path)
    expected = extract(IMAGES, PATCHES, CPU, cache).plain(torch.arange(5))
    (file,) = (tmp_path / "fitted").iterdir()
    whole = file.read_bytes()
    for damaged in (
        b"",
        b"junk",
        whole[: len(whole) // 2],
        whole[:-3000],
        whole[:5000] + bytes(9) + whole[5009:],
    ):
        file.write_bytes(damaged)
        assert torch.equal(extract(IMAGES, PATCHES, CPU, cache).plain(torch.arange(5)), expected)
        assert file.read_bytes() == whole
    (tmp_path / "fitted/other.npz").mkdir()
    with pytest.raises(OSError, match="other"):
        cache.save("fitted/other", b"")
    assert {path.name for path in file.parent.iterdir()} == {file.name, "other.npz"}


def test_features_depend_on_the_weights_and_not_on_the_training(frozen: JobConfig, tmp_path: Path) -> None:
    assert identify(frozen, CPU) == identify(frozen.model_copy(update={"seed": 3, "epochs": 9}), CPU)
    other = tmp_path / "other.pt"
    other.write_bytes(b"1")
    assert identify(frozen, CPU) != identify(frozen.model_copy(update={"weights_file": str(other)}), CPU)
    with pytest.raises(WeightsError, match="gone"):
        identify(frozen.model_copy(update={"weights_file": str(tmp_path / "gone.pt")}), CPU)
    imagenet = parse_config({"backbone": "frozen", "network": "resnet50", "weights": "imagenet"})
    assert "ResNet50_Weights.IMAGENET1K_V2" in identify(imagenet, CPU)


def test_axes_are_half_whitened_and_features_have_mean_square_one() -> None:
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(3000, 4, generator=generator) @ torch.randn(4, 6, generator=generator) + 5
    mean, matrix = fit_projection(raw, 6)
    projected = (raw - mean) @ matrix
    assert float(projected.square().mean()) == pytest.approx(1, rel=1e-3)
    covariance = projected.T @ projected / len(raw)
    variances = torch.linalg.eigvalsh(torch.corrcoef(raw.T)).flip(0)[:4]
    torch.testing.assert_close(
        covariance.diagonal()[:4] ** 2 / covariance[0, 0] ** 2, variances / variances[0], rtol=0.01, atol=0
    )
    assert float((covariance - covariance.diag().diag()).abs().max()) < 1e-3


def test_fewer_images_keep_fewer_features() -> None:
    assert [choose_rank(n) for n in (50, 1000, 10**6)] == [32, 100, 512]


@pytest.mark.parametrize("chunk", [20, 512])
def test_images_beyond_the_sample_are_projected_like_it(monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(features, "FITTED_IMAGES", 20)
    monkeypatch.setattr(extraction, "CHUNK", chunk)
    found = extract(IMAGES, PATCHES, CPU)
    torch.testing.assert_close(
        found.plain(torch.arange(50)), found.transform_new(IMAGES), rtol=1e-4, atol=1e-4
    )


def test_identical_images_have_finite_features() -> None:
    assert bool(extract(np.full_like(IMAGES, 7), PATCHES, CPU).plain(torch.arange(50)).isfinite().all())
