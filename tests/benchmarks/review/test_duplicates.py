"""Planted duplicates are counted as such."""

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.review.duplicates import Change, Labelled, change_image, evaluate, find_groups, plant
from tests.mslg_core.issues.pictures import encode, make_picture


def test_recall_and_precision() -> None:
    # Originals 0 to 4, of which 3 and 4 were duplicates before; copies of 0, 1 and 3.
    chosen = np.array([0, 1, 3])
    changes = [Change.RECOMPRESSED, Change.CROPPED, Change.CROPPED]
    found = evaluate(np.array([0, -1, 2, 3, 3, 0, 2, 3]), chosen, changes)
    assert found.recall == {"recompressed": 1, "cropped": 0.5, "resized": 0} | {"all": pytest.approx(2 / 3)}
    # With a copy: 0-5 is right, 2-6 wrong; 3-7 is right, and so is 4-7.
    assert found.precision == pytest.approx(3 / 4)
    assert found.originals == [(3, 4)]


@pytest.mark.parametrize("change", Change)
def test_a_changed_copy_is_another_file_of_the_same_picture(change: Change) -> None:
    original = encode(make_picture(0))
    copy = change_image(original, change, np.random.default_rng(0))
    assert copy != original
    size = Image.open(io.BytesIO(copy)).size
    assert (size == (96, 80)) == (change is Change.RECOMPRESSED)


def test_copies_are_found() -> None:
    originals = [encode(make_picture(seed)) for seed in range(60)]
    planted = plant(Labelled(originals, ["a", "b"] * 30), 3, seed=1)
    group = find_groups(planted.data, "patches")
    assert group[60:].tolist() == planted.chosen.tolist()
    assert (np.delete(group[:60], planted.chosen) == -1).all()
    assert planted.data.labels[60:] == [planted.data.labels[i] for i in planted.chosen]
