"""How much verified images help, with a noisy given label, without one, and with a clean one."""

import numpy as np

from benchmarks.compare.separate import Given, count_left
from benchmarks.problems.datasets import load_digits_dataset
from benchmarks.problems.problem import Noise, make_noise


def test_verified_images_without_a_given_label_clean_as_well_as_noisy_ones() -> None:
    dataset = load_digits_dataset(720, 1)
    given = make_noise(Noise.UNIFORM, dataset, 0.36, 1)
    verified = np.arange(600, 720, dtype=np.int64)
    noisy, none, clean = (count_left(dataset, given, verified, kind, 1) for kind in Given)
    assert noisy.before == none.before == clean.before > 200
    assert max(noisy.after, none.after) < 25
    assert abs(none.after - noisy.after) <= 6  # one in a hundred images
    # Clean labels in place of given ones tell the run that given labels are right.
    assert clean.after == clean.before
