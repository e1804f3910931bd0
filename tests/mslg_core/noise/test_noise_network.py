"""Cross-validated class probabilities for synthetic noise."""

import numpy as np
import pytest

from mslg_core.configs.methods import CrossEntropyConfig
from mslg_core.errors import ConfigError
from mslg_core.noise.noise_network import cross_predictions, patch_predictions
from tests.mslg_core.training_sets import make_training_set

CONFIG = CrossEntropyConfig(epochs=6, warmup_epochs=0, batch_size=16, shift=0)


def test_ambiguous_images_have_less_certain_predictions() -> None:
    data, true = make_training_set(120)
    images = data.decode().copy()
    ambiguous = np.arange(0, 120, 5)
    images[ambiguous] = np.random.default_rng(0).integers(0, 90, images[ambiguous].shape, dtype=np.uint8)
    probabilities = cross_predictions(images, true, 3, CONFIG)
    assert probabilities.shape == (120, 3)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    clear = np.setdiff1d(np.arange(120), ambiguous)
    assert (probabilities.argmax(axis=1) == true)[clear].mean() > 0.95
    assert (probabilities.argmax(axis=1) == true)[ambiguous].mean() < 0.7
    assert (probabilities == cross_predictions(images, true, 3, CONFIG)).all()
    right = probabilities[np.arange(120), true]
    assert right[ambiguous].mean() < right[clear].mean() - 0.2


@pytest.mark.parametrize("folds", [1, 61])
def test_invalid_numbers_of_folds_are_refused(folds: int) -> None:
    data, true = make_training_set(120)
    with pytest.raises(ConfigError, match="folds"):
        cross_predictions(data.decode(), true, 3, CONFIG, folds)


def test_a_sample_is_predicted_on_patches_without_its_own_label() -> None:
    data, true = make_training_set(120)
    log = patch_predictions(data.decode(), true, 3)
    assert np.allclose(np.exp(log).sum(axis=1), 1, atol=1e-5)
    assert (log.argmax(axis=1) == true).mean() > 0.95
    mislabelled = true.copy()
    mislabelled[:6] = (true[:6] + 1) % 3
    assert (patch_predictions(data.decode(), mislabelled, 3).argmax(axis=1) == true)[:6].all()
