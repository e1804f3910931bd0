"""The training set and the split of its verified samples."""

from dataclasses import replace

import numpy as np
import pytest

from mslg_core.errors import TrainingSetError
from mslg_core.images.training_set import TrainingSet, separate_duplicates, split_verified
from tests.mslg_core.training_sets import make_training_set


@pytest.mark.parametrize(
    "change",
    [
        {"given": np.full(120, 3, dtype=np.int64)},
        {"given": np.zeros(119, dtype=np.int64)},
        {"classes": ("a",)},
        {"images": np.zeros((120, 8, 8, 3), dtype=np.float32)},
        {"images": np.zeros((120, 9, 9, 3), dtype=np.uint8)},
        {"meta_index": np.zeros(15, dtype=np.int64)},
        {"meta_index": np.arange(3, dtype=np.int64)},
        {"meta_index": np.zeros(1, dtype=np.int64), "meta_labels": np.zeros(1, dtype=np.int64)},
        {"holdout_labels": np.full(15, -1, dtype=np.int64)},
        {"known_wrong": np.full(1, 120, dtype=np.int64)},
        {"known_wrong": make_training_set()[0].holdout_index[:1]},
    ],
)
def test_inconsistent_arrays_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrainingSetError):
        replace(make_training_set()[0], **change)  # type: ignore[arg-type]


def test_noisy_set_excludes_the_meta_set() -> None:
    data = make_training_set()[0]
    assert sorted([*data.noisy_index, *data.meta_index]) == list(range(120))
    assert set(data.holdout_index) <= set(data.noisy_index)


def test_noisy_set_excludes_labels_known_to_be_wrong() -> None:
    data = make_training_set()[0]
    known_wrong = np.setdiff1d(data.noisy_index, data.holdout_index)[:4]
    changed = replace(data, known_wrong=known_wrong)
    assert sorted([*changed.noisy_index, *changed.meta_index, *known_wrong]) == list(range(120))


def test_a_thousand_classes_with_one_verified_sample_each_have_a_hold_out() -> None:
    split = split_verified([f"{i}.png" for i in range(1000)], np.arange(1000, dtype=np.int64))
    assert (len(split.meta), len(split.holdout)) == (700, 300)


@pytest.mark.parametrize(("n", "held"), [(1, 0), (3, 1), (4, 1), (5, 2), (10, 3), (100, 30)])
def test_thirty_percent_of_each_class_is_held_out(n: int, held: int) -> None:
    names = [f"{i}.png" for i in range(2 * n)]
    labels = np.arange(2 * n, dtype=np.int64) % 2
    split = split_verified(names, labels)
    assert np.bincount(labels[split.holdout], minlength=2).tolist() == [held, held]
    assert sorted([*split.meta, *split.holdout]) == list(range(2 * n))
    again = split_verified(names[::-1], labels[::-1])
    assert {names[i] for i in split.holdout} == {names[::-1][i] for i in again.holdout}


def test_a_meta_sample_whose_duplicate_is_held_out_is_not_learned_from() -> None:
    data = TrainingSet(
        images=np.zeros((8, 8, 8, 3), dtype=np.uint8),
        given=np.array([0, 1] * 4),
        classes=("a", "b"),
        meta_index=np.array([0, 2, 4, 5]),
        meta_labels=np.array([0, 1, 0, 1]),
        holdout_index=np.array([1, 3]),
        holdout_labels=np.array([1, 0]),
        not_random=np.array([2, 5]),
    )
    group = np.array([0, 0, 2, 3, -1, 2, -1, 3])
    assert separate_duplicates(data, group).meta_index.tolist() == [2, 4, 5]
    separate = separate_duplicates(data, np.array([0, 1, 1, 3, 4, 5, 6, 7]))
    assert separate.meta_index.tolist() == [0, 4, 5]
    assert separate.meta_labels.tolist() == [0, 0, 1]
    assert separate.not_random.tolist() == [5]
    assert 2 in separate.noisy_index
    assert separate_duplicates(data, np.full(8, -1)).meta_index.tolist() == [0, 2, 4, 5]
