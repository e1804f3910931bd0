"""How many verified labels a job needs."""

from mslg_rules.holdout import ClassSplit
from mslg_rules.required import ENOUGH, Supply, needed_labels


def test_every_class_needs_labels_to_learn_from_and_to_measure() -> None:
    splits = {0: ClassSplit(), 1: ClassSplit(random_meta=1), 2: ClassSplit(random_meta=2, holdout=1)}
    given = dict.fromkeys(range(3), Supply(10, 10))
    assert needed_labels(splits, given) == {0: 3, 1: 2}


def test_small_classes_need_none_beside_large_ones() -> None:
    splits = {label: ClassSplit() for label in range(61)} | {0: ClassSplit(2, 0, 1)}
    given = {0: Supply(500, 497)} | {label: Supply(1, 1) for label in range(1, 61)}
    assert needed_labels(splits, given) == {}


def test_small_classes_alone_need_three_together() -> None:
    splits = {label: ClassSplit() for label in range(60)}
    given = {label: Supply(1, 1) for label in range(60)}
    assert needed_labels(splits, given) == {0: 1, 1: 1, 2: 1}
    assert needed_labels(splits | {5: ClassSplit(random_meta=1)}, given) == {0: 1, 1: 1}


def test_no_class_needs_more_than_it_has() -> None:
    assert needed_labels({0: ClassSplit()}, {0: Supply(5, 1)}) == {0: 1}
    assert needed_labels({0: ClassSplit(), 1: ClassSplit()}, {0: Supply(1, 0), 1: Supply(1, 1)}) == {1: 1}


def test_a_large_verified_set_is_enough_for_any_number_of_classes() -> None:
    splits = {label: ClassSplit() for label in range(20_000)}
    given = dict.fromkeys(splits, Supply(5, 5))
    assert len(needed_labels(splits, given)) == 20_000
    assert needed_labels(splits | {0: ClassSplit(random_meta=ENOUGH)}, given) == {}
