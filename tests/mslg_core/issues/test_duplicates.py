"""Duplicates: the same file, recompressed, resized and cropped copies; and what is not one."""

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

from mslg_core.issues.comparison import compare
from mslg_core.issues.duplicates import MAX_DIFFERENCE, Duplicates, connect
from mslg_core.issues.find import Group, number_groups
from mslg_core.issues.perceptual_hash import difference
from mslg_core.neighbours.index import to_vectors
from tests.mslg_core.issues.pictures import describe, encode, make_picture, measure_all


def find(files: list[bytes]) -> Duplicates:
    """The duplicates among files, numbered from 0."""
    keys = np.arange(len(files))
    return compare(keys, measure_all(files), to_vectors(describe(files))).duplicates


def test_copies_are_found() -> None:
    pictures = [make_picture(seed) for seed in range(30)]
    files = [encode(picture) for picture in pictures]
    copies = [
        files[0],
        encode(pictures[1], quality=40),
        encode(pictures[2].resize((60, 50))),
        encode(pictures[3].resize((150, 125)), "PNG"),
        encode(pictures[4].crop((4, 3, 93, 76))),
        encode(pictures[5].crop((0, 4, 92, 80))),
    ]
    duplicates = find(files + copies)
    expected = np.full(36, -1)
    for number in range(6):
        expected[[number, 30 + number]] = number
    assert duplicates.group.tolist() == expected.tolist()
    assert np.flatnonzero(duplicates.is_exact).tolist() == [0, 30]
    assert duplicates.distance[[0, 30]].tolist() == [0, 0]
    assert (duplicates.distance[31:] > 0).all()
    assert (duplicates.distance[31:] < 0.3).all()
    assert (duplicates.distance[6:30] == 1).all()


def test_an_empty_picture_is_a_duplicate_of_the_same_file_only() -> None:
    white, grey = (encode(make_picture(0).point(lambda _, v=value: v)) for value in (255, 128))
    duplicates = find([white, grey, white, *(encode(make_picture(seed)) for seed in range(3))])
    assert duplicates.group.tolist() == [0, -1, 0, -1, -1, -1]


def test_the_same_cut_in_another_colour_is_not_a_duplicate() -> None:
    pictures = [make_picture(seed) for seed in range(10)]
    red, green, blue = pictures[0].split()
    dyed = Image.merge("RGB", (red.point(lambda value: value // 2), green, blue))
    files = [encode(picture, "PNG") for picture in (*pictures, dyed)]
    grey = measure_all(files)["thumbnail"]
    assert difference(grey[:1], grey[10:]) < MAX_DIFFERENCE
    assert (find(files).group == -1).all()


def test_tiny_pictures_are_duplicates_only_if_their_files_are_the_same() -> None:
    digits = [Image.fromarray((15 * pixels).astype(np.uint8)) for pixels in load_digits().images]
    files = [encode(digit, "PNG") for digit in digits]
    duplicates = find([*files, files[7]])
    assert np.flatnonzero(duplicates.group >= 0).tolist() == [7, len(digits)]
    drawn_larger = [encode(digit.resize((17, 17)), "PNG") for digit in digits[:500]]
    assert (find(drawn_larger).group >= 0).any()  # the same digits are near duplicates if they look large


def test_other_pictures_differ_in_half_of_the_bits() -> None:
    thumbnails = measure_all([encode(make_picture(seed)) for seed in range(60)])["thumbnail"]
    differing = difference(thumbnails[:30], thumbnails[30:])
    assert 0.4 < differing.mean() < 0.6
    assert differing.min() > 0.25
    assert difference(thumbnails, thumbnails).max() == 0


def test_connected_pairs_form_one_group() -> None:
    pairs = np.array([[7, 6], [6, 5], [2, 5], [3, 4]])
    assert connect(9, pairs).tolist() == [0, 1, 2, 3, 3, 2, 2, 2, 8]
    chain = np.stack([np.arange(99), np.arange(1, 100)], axis=1)
    assert set(connect(100, chain).tolist()) == {0}


def test_groups_whose_labels_disagree_come_first() -> None:
    group = np.array([0, 0, 2, 2, 4, 4, 4, -1, 8, 8])
    file = np.array([0, 0, 2, 3, 4, 4, 6, 7, 8, 8])
    distance = np.array([0, 0, 0.2, 0.2, 0, 0, 0.1, 1, 0, 0], dtype=np.float32)
    labels = np.array([1, 1, 1, 2, 0, 0, 0, 1, 2, 3])
    groups, number = number_groups(Duplicates(group, file, distance), labels)
    assert groups == [
        Group(1, 2, is_exact=True, labels_disagree=True),
        Group(2, 2, is_exact=False, labels_disagree=True),
        Group(3, 2, is_exact=True, labels_disagree=False),
        Group(4, 3, is_exact=False, labels_disagree=False),
    ]
    assert number.tolist() == [3, 3, 2, 2, 4, 4, 4, 0, 1, 1]
