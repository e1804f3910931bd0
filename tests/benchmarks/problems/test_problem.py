"""Datasets, noise, and the labels that each cleaner knows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.common.errors import BenchmarkError
from benchmarks.problems.datasets import load_cifar10, load_digits_dataset
from benchmarks.problems.problem import Noise, append_verified, draw_verified, make_noise, read_labels
from benchmarks.problems.tie_breaker import find_tie_breaker
from tests.benchmarks.tiny import CLASSES, make_dataset, make_problem, write_parquet
from tests.cifar10 import PATH, needs_cifar10

PER_SAMPLE = ("images", "labels", "probabilities", "index")


def test_cifar10_is_read_as_a_random_subset(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "c.parquet")
    some, others = (load_cifar10(path, 20, 10, seed, side=8) for seed in (0, 1))
    assert some.images.shape == (20, 8, 8, 3)
    assert some.test_labels.shape == (10,)
    assert some.classes == CLASSES
    assert (some.index != others.index).any()
    every = load_cifar10(path, 60, 40, 0, side=8)
    assert sorted(every.index) == list(range(60))
    place = every.index.tolist().index(some.index[0])
    assert (every.images[place] == some.images[0]).all()
    assert load_cifar10(path, 4, 4, 0, side=16).images.shape == (4, 16, 16, 3)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="not the Parquet file"):
        load_cifar10(tmp_path / "missing.parquet", 1, 1, 0)


def test_digits_have_a_seeded_test_split() -> None:
    one, other = load_digits_dataset(300, 0), load_digits_dataset(300, 1)
    assert one.images.shape == (300, 8, 8, 3)
    assert len(one.test_labels) == 397
    np.testing.assert_allclose(one.probabilities.sum(axis=1), 1, atol=1e-5)
    assert (one.index != other.index).any()
    assert one.images.max() == 255


@pytest.mark.parametrize("kind", [Noise.UNIFORM, Noise.FEATURE, Noise.AUTHORS, Noise.ANNOTATOR])
def test_noise_has_its_rate(kind: Noise) -> None:
    dataset = make_dataset()
    assert (make_noise(kind, dataset, 0.4, 0) != dataset.labels).sum() == 36
    assert (make_noise(Noise.NONE, dataset, 0.4, 0) == dataset.labels).all()


def test_the_authors_labels_do_not_depend_on_the_order_of_the_samples() -> None:
    dataset = make_dataset()
    saturated = replace(dataset, probabilities=np.eye(3, dtype=np.float32)[dataset.labels] + np.float32(0.1))
    order = np.random.default_rng(1).permutation(90)
    shuffled = replace(saturated, **{name: getattr(saturated, name)[order] for name in PER_SAMPLE})
    given = make_noise(Noise.AUTHORS, saturated, 0.4, 0)
    assert (make_noise(Noise.AUTHORS, shuffled, 0.4, 0) == given[order]).all()


def test_the_tie_breaker_of_saturated_probabilities_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    dataset = make_dataset()
    assert find_tie_breaker(dataset) is None
    saturated = replace(dataset, probabilities=np.eye(3, dtype=np.float32)[dataset.labels] + np.float32(0.1))
    found = find_tie_breaker(saturated)
    assert found is not None
    assert (found.argmax(axis=1) == dataset.labels).mean() > 0.9
    others = found.copy()
    others[np.arange(90), dataset.labels] = -np.inf
    given = make_noise(Noise.FEATURE, saturated, 0.4, 0)
    wrong = given != dataset.labels
    assert wrong.sum() == 36
    assert (given == others.argmax(axis=1))[wrong].all()
    monkeypatch.setattr("mslg_core.noise.noise_network.patch_predictions", None)
    again = find_tie_breaker(saturated)
    assert again is not None
    assert (again == found).all()
    with pytest.raises(TypeError, match="not callable"):
        find_tie_breaker(replace(saturated, images=dataset.images[::-1]))


@needs_cifar10
def test_no_class_of_cifar10_takes_more_than_twice_its_share_of_the_flips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    dataset = load_cifar10(PATH, 1_000, 0, seed=0)
    for rate in (0.6, 0.8):
        ours, theirs = (make_noise(kind, dataset, rate, 0) for kind in (Noise.FEATURE, Noise.AUTHORS))
        largest = [np.bincount(given[given != dataset.labels]).max() for given in (ours, theirs)]
        assert largest[0] < 0.2 * rate * 1_000 < largest[1]


def test_labels_from_a_file_follow_the_order_of_the_dataset(tmp_path: Path) -> None:
    labels = np.arange(50_000) % 3
    np.save(tmp_path / "labels.npy", labels)
    np.savetxt(tmp_path / "labels.csv", labels, fmt="%d")
    dataset = make_dataset()
    for name in ("labels.npy", "labels.csv"):
        given = make_noise(Noise.FILE, dataset, 0, 0, tmp_path / name)
        assert given.tolist() == labels[dataset.index].tolist()
    with pytest.raises(BenchmarkError, match="--labels"):
        make_noise(Noise.FILE, dataset, 0, 0)
    with pytest.raises(BenchmarkError, match="50,000"):
        read_labels(tmp_path / "labels.npy", 2)
    with pytest.raises(BenchmarkError, match="cannot be read"):
        read_labels(tmp_path / "missing.npy", 3)


def test_human_labels_are_checked_against_the_true_ones(tmp_path: Path) -> None:
    dataset = make_dataset()
    clean = np.zeros(50_000, dtype=np.int64)
    clean[dataset.index] = dataset.labels
    torch.save({"clean_label": clean, "worse_label": (clean + 1) % 3}, tmp_path / "CIFAR-10_human.pt")
    given = make_noise(Noise.FILE, dataset, 0, 0, tmp_path / "CIFAR-10_human.pt:worse_label")
    assert given.tolist() == ((dataset.labels + 1) % 3).tolist()
    other = replace(dataset, labels=(dataset.labels + 1) % 3)
    with pytest.raises(BenchmarkError, match="other images"):
        make_noise(Noise.FILE, other, 0, 0, tmp_path / "CIFAR-10_human.pt:worse_label")
    with pytest.raises(BenchmarkError, match="cannot be read"):
        make_noise(Noise.FILE, dataset, 0, 0, tmp_path / "missing.pt:worse_label")


def test_cleaners_know_the_true_labels_of_verified_samples_only() -> None:
    problem = make_problem()
    training_set = problem.training_set()
    assert (training_set.given == problem.given).all()
    assert len(training_set.meta_index) + len(training_set.holdout_index) == 30
    assert len(problem.training_set(holdout=False).meta_index) == 30
    plain = problem.plain_training_set()
    assert (plain.given[problem.verified] == problem.true[problem.verified]).all()
    assert (plain.given[problem.unseen] == problem.given[problem.unseen]).all()
    assert not len(plain.meta_index)


def test_the_papers_problem_appends_verified_test_images() -> None:
    dataset = make_dataset()
    problem = append_verified(dataset, make_noise(Noise.UNIFORM, dataset, 0.4, 0), 10)
    assert len(problem.true) == 100
    assert len(problem.test_labels) == 15
    assert problem.unseen.sum() == 90
    assert (problem.images[90:] == dataset.test_images[:10]).all()
    assert (problem.given[90:] == problem.true[90:]).all()
    with pytest.raises(BenchmarkError, match="cannot be verified"):
        append_verified(dataset, dataset.labels, 16)


def test_draws_are_seeded() -> None:
    dataset = make_dataset()
    one, same, other = (draw_verified(dataset, dataset.labels, 10, seed).verified for seed in (0, 0, 1))
    assert (one == same).all()
    assert (one != other).any()
