"""The split into meta set and hold-out follows the rule and does not depend on the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_rules.holdout import ClassSplit, Newcomer, Split, share_of_holdout, split_newcomers
from mslg_rules.selection import Selection


def half_up_share(n: int) -> int:
    """0.3 n, halves rounded up, as the number of times that 10 fits into 3 n + 5."""
    return len([k for k in range(1, n + 1) if 10 * k <= 3 * n + 5])


@given(st.integers(0, 500))
def test_share_is_three_tenths_rounded_half_up(n: int) -> None:
    assert share_of_holdout(n) == half_up_share(n)


def test_the_first_ten_of_a_class() -> None:
    counts = ClassSplit()
    letters = "".join(counts.join()[0] for _ in range(10))
    assert letters == "mhmmhmmmhm"


def test_the_nth_joins_the_holdout_where_the_rounded_share_grows() -> None:
    counts = ClassSplit()
    for n in range(1, 200):
        grows = share_of_holdout(n) > share_of_holdout(n - 1)
        assert counts.join() is (Split.HOLDOUT if grows else Split.META)


@given(st.lists(st.sampled_from(Selection), max_size=60))
def test_samples_that_are_not_random_are_never_held_out(selections: list[Selection]) -> None:
    counts = ClassSplit()
    for selection in selections:
        split = counts.join(selection)
        assert selection is Selection.RANDOM or split is Split.META
    random = selections.count(Selection.RANDOM)
    assert counts.other_meta == len(selections) - random
    assert counts.holdout == share_of_holdout(random)


@pytest.mark.parametrize(
    ("counts", "needed"),
    [
        (ClassSplit(), 3),
        (ClassSplit(random_meta=1), 2),
        (ClassSplit(random_meta=1, holdout=1), 1),
        (ClassSplit(random_meta=2, holdout=1), 0),
        (ClassSplit(other_meta=5), 2),
        (ClassSplit(holdout=1), 2),
    ],
)
def test_needed(counts: ClassSplit, needed: int) -> None:
    assert counts.needed() == needed


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_needed_labels_suffice(random_meta: int, other_meta: int, holdout: int) -> None:
    counts = ClassSplit(random_meta, other_meta, holdout)
    for _ in range(counts.needed()):
        counts.join()
    assert counts.meta >= 2
    assert counts.holdout >= 1


@given(st.permutations(range(12)))
def test_splits_do_not_depend_on_the_order_of_newcomers(order: list[int]) -> None:
    newcomers = [Newcomer(f"{i}.png", i % 2) for i in range(12)]
    places = split_newcomers(newcomers, {0: ClassSplit(), 1: ClassSplit()})
    again = split_newcomers([newcomers[i] for i in order], {0: ClassSplit(), 1: ClassSplit()})
    assert [places[i] for i in order] == again
    assert places.count(Split.HOLDOUT) == 4
