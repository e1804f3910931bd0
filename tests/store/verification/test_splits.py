"""The division into meta set and hold-out follows the rule, whatever the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.models import Split
from store.verification.splits import ClassSplit, share_of_holdout


def half_up_share(n: int) -> int:
    """0.3 n, halves rounded up, the slow way: how often 10 fits into 3 n + 5."""
    return len([k for k in range(1, n + 1) if 10 * k <= 3 * n + 5])


@given(st.integers(0, 500))
def test_share_is_three_tenths_rounded_half_up(n: int) -> None:
    assert share_of_holdout(n) == half_up_share(n)


def test_the_first_ten_of_a_class() -> None:
    counts = ClassSplit()
    letters = "".join(counts.join(picked_by_ranking=False)[0] for _ in range(10))
    assert letters == "mhmmhmmmhm"


def test_the_nth_joins_the_holdout_where_the_rounded_share_grows() -> None:
    counts = ClassSplit()
    for n in range(1, 200):
        grows = share_of_holdout(n) > share_of_holdout(n - 1)
        assert counts.join(picked_by_ranking=False) is (Split.HOLDOUT if grows else Split.META)


@given(st.lists(st.booleans(), max_size=60))
def test_what_a_ranking_picked_is_never_measured_on_and_changes_nothing_else(picked: list[bool]) -> None:
    counts = ClassSplit()
    for by_ranking in picked:
        split = counts.join(picked_by_ranking=by_ranking)
        assert not (by_ranking and split is Split.HOLDOUT)
    assert counts.picked_meta == sum(picked)
    assert counts.holdout == share_of_holdout(len(picked) - sum(picked))


@pytest.mark.parametrize(
    ("counts", "needed"),
    [
        (ClassSplit(), 3),
        (ClassSplit(fair_meta=1), 2),
        (ClassSplit(fair_meta=1, holdout=1), 1),
        (ClassSplit(fair_meta=2, holdout=1), 0),
        (ClassSplit(picked_meta=5), 2),
        (ClassSplit(holdout=1), 2),
    ],
)
def test_needed(counts: ClassSplit, needed: int) -> None:
    assert counts.needed() == needed


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_few_more_always_suffice(fair_meta: int, picked_meta: int, holdout: int) -> None:
    counts = ClassSplit(fair_meta, picked_meta, holdout)
    for _ in range(counts.needed()):
        counts.join(picked_by_ranking=False)
    assert counts.meta >= 2
    assert counts.holdout >= 1
