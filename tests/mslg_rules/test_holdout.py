"""The split into meta set and hold-out follows the rule and does not depend on the order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_rules.holdout import ClassSplit, Newcomer, Split, share_of_holdout, split_newcomers
from mslg_rules.selection import Selection


def split_names(labels: list[int]) -> list[ClassSplit]:
    """The counts of every class after samples with these labels joined."""
    counts = {label: ClassSplit() for label in sorted(set(labels))}
    split_newcomers([Newcomer(f"{i}.png", label) for i, label in enumerate(labels)], counts)
    return [*counts.values()] or [ClassSplit()]


def half_up_share(n: int) -> int:
    """0.3 n, halves rounded up, as the number of times that 10 fits into 3 n + 5."""
    return len([k for k in range(1, n + 1) if 10 * k <= 3 * n + 5])


@given(st.integers(0, 500))
def test_share_is_three_tenths_rounded_half_up(n: int) -> None:
    assert share_of_holdout(n) == half_up_share(n)


@given(st.lists(st.sampled_from(Selection), max_size=60), st.booleans())
def test_a_class_of_three_or_more_has_its_share(selections: list[Selection], short: bool) -> None:
    """Whatever the rest of the verified set looks like."""
    counts, whole = ClassSplit(), ClassSplit(random_meta=900) if short else ClassSplit(holdout=900)
    for selection in selections:
        split = counts.join(whole, selection)
        assert selection is Selection.RANDOM or split is Split.META
    random = selections.count(Selection.RANDOM)
    assert counts.other_meta == len(selections) - random
    if random >= 3:
        assert counts.holdout == share_of_holdout(random)
    assert counts.holdout <= 1 + share_of_holdout(random)


@given(st.integers(0, 1000))
def test_a_set_of_one_class_is_split_like_the_class(n: int) -> None:
    (counts,) = split_names([0] * n)
    assert counts.holdout == share_of_holdout(n) * (n >= 3)
    assert counts.random_meta == n - counts.holdout


@pytest.mark.parametrize("per_class", [1, 2])
@pytest.mark.parametrize("num_classes", [1, 2, 3, 10, 997, 1000])
def test_classes_with_one_or_two_samples_leave_three_in_ten_held_out(
    num_classes: int, per_class: int
) -> None:
    counts = split_names([label for label in range(num_classes) for _ in range(per_class)])
    total = num_classes * per_class
    held = sum(split.holdout for split in counts)
    assert share_of_holdout(total) - 1 <= held <= share_of_holdout(total)
    assert held or total < 3
    assert total - held >= min(total, 2)
    assert all(split.holdout <= 1 for split in counts)


def test_a_mixture_of_large_and_tiny_classes_leaves_three_in_ten_held_out() -> None:
    labels = [label for label in range(100) for _ in range(1 + label % 7)]
    counts = split_names(labels)
    assert sum(split.holdout for split in counts) == pytest.approx(0.3 * len(labels), rel=0.05)
    assert all(split.holdout == share_of_holdout(split.total) for split in counts if split.total >= 3)


def test_one_at_a_time_leaves_three_in_ten_held_out_as_well() -> None:
    counts = [ClassSplit() for _ in range(1000)]
    for label in range(1000):
        split_newcomers([Newcomer(f"{label}.png", label)], dict(enumerate(counts)))
    assert sum(split.holdout for split in counts) == 300


def test_a_missing_holdout_is_repaired_and_an_excess_grows_no_further() -> None:
    withdrawn, whole = ClassSplit(random_meta=20), ClassSplit(random_meta=20, holdout=30)
    assert withdrawn.join(whole) is Split.HOLDOUT
    crowded = ClassSplit(random_meta=2, holdout=9)
    assert crowded.join(ClassSplit(random_meta=900)) is Split.META


@pytest.mark.parametrize(
    ("counts", "needed"),
    [
        (ClassSplit(), 3),
        (ClassSplit(random_meta=1), 2),
        (ClassSplit(random_meta=1, holdout=1), 1),
        (ClassSplit(random_meta=2, holdout=1), 0),
        (ClassSplit(other_meta=5), 1),
        (ClassSplit(other_meta=1), 2),
        (ClassSplit(holdout=1), 2),
    ],
)
def test_needed(counts: ClassSplit, needed: int) -> None:
    assert counts.needed() == needed


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_the_needed_labels_suffice(random_meta: int, other_meta: int, holdout: int, short: bool) -> None:
    counts = ClassSplit(random_meta, other_meta, holdout)
    whole = ClassSplit(random_meta=900) if short else ClassSplit(holdout=900)
    for left in range(counts.needed(), 0, -1):
        assert counts.needed() == left
        counts.join(whole)
    assert counts.meta >= 2
    assert counts.holdout >= 1


@given(st.permutations(range(12)))
def test_splits_do_not_depend_on_the_order_of_newcomers(order: list[int]) -> None:
    newcomers = [Newcomer(f"{i}.png", i % 2) for i in range(12)]
    places = split_newcomers(newcomers, {0: ClassSplit(), 1: ClassSplit()})
    again = split_newcomers([newcomers[i] for i in order], {0: ClassSplit(), 1: ClassSplit()})
    assert [places[i] for i in order] == again
    assert places.count(Split.HOLDOUT) == 4


def test_duplicates_join_the_split_of_their_group() -> None:
    counts = {0: ClassSplit(random_meta=9, holdout=0), 1: ClassSplit()}
    newcomers = [
        Newcomer("a.png", 0, group=1),
        Newcomer("b.png", 1, group=2),
        Newcomer("c.png", 0, Selection.RANKED, group=2),
    ]
    placed = {1: Split.META, 2: Split.HOLDOUT}
    assert split_newcomers(newcomers, counts, placed) == [Split.META, Split.HOLDOUT, Split.META]
    assert (counts[0].random_meta, counts[0].other_meta, counts[1].holdout) == (10, 1, 1)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.sampled_from(Selection)), max_size=40))
def test_duplicates_that_join_together_share_a_split(samples: list[tuple[int, int, Selection]]) -> None:
    newcomers = [Newcomer(f"{i}.png", *sample[::2], sample[1]) for i, sample in enumerate(samples)]
    splits = split_newcomers(newcomers, {label: ClassSplit() for label in range(3)})
    for group in range(5):
        found = {split for one, split in zip(newcomers, splits, strict=True) if one.group == group}
        assert len(found) <= 1
