"""Names of tables find their files where that is unambiguous, and labels their classes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_rules.names import ClassNames, match_names, similar_name

NFC, NFD = (unicodedata.normalize(form, "é.png") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("name", "files", "found"),
    [
        ("a.png", ["b.png", "a.png"], "a.png"),
        ("./x/a.png", ["x/a.png", "a.png"], "x/a.png"),
        ("x\\a.png", ["y/a.png", "x/a.png"], "x/a.png"),
        (NFD, [NFC], NFC),
        (NFD, [NFC, NFD], NFD),
        ("imgs/a.png", ["a.png", "b.png"], "a.png"),
        ("a.png", ["train/a.png"], "train/a.png"),
        ("/home/me/data/x/a.png", ["x/a.png", "y/a.png"], "x/a.png"),
        ("C:\\data\\x\\a.png", ["x/a.png", "y/a.png"], "x/a.png"),
        ("/home/me/a.png", ["images/a.png"], "images/a.png"),
        ("A.PNG", ["images/a.png"], "images/a.png"),
        ("0004be2c", ["train/0004be2c.jpg", "train/1.jpg"], "train/0004be2c.jpg"),
        ("a.png", ["x/a.png", "y/a.png"], None),
        ("z/a.png", ["x/a.png", "y/a.png"], None),
        ("a", ["a.png", "a.jpg"], None),
        ("b.png", ["a.png"], None),
    ],
)
def test_a_name_finds_its_file(name: str, files: list[str], found: str | None) -> None:
    matches = match_names([name], files)
    assert matches.found == ({} if found is None else {0: files.index(found)})
    assert all(len(indices) > 1 for indices in matches.ambiguous.values())


def test_a_file_that_two_names_may_mean_is_not_matched() -> None:
    matches = match_names(["x/a.png", "y/a.png"], ["a.png"])
    assert matches.found == {}
    assert set(matches.ambiguous) == {0, 1}


def test_an_equal_name_takes_the_file_from_a_similar_one() -> None:
    assert match_names(["x/a.png", "a.png"], ["a.png"]).found == {1: 0}


def test_each_way_of_matching_is_noted_with_an_example() -> None:
    (note,) = match_names(["x/a.png", "x/b.png"], ["a.png", "b.png"]).notes("labels.csv")
    assert note == (
        "labels.csv: 2 names match files only without leading folders, for example 'x/a.png' is 'a.png'."
    )


@given(
    st.lists(st.text("ab/.é\\", min_size=1), max_size=8), st.lists(st.text("ab/.é\\", min_size=1), max_size=8)
)
def test_no_file_is_matched_by_different_paths(names: list[str], files: list[str]) -> None:
    found = match_names(names, files).found
    claims: dict[int, set[tuple[str, ...]]] = {}
    for name, file in found.items():
        parts = tuple(part for part in names[name].replace("\\", "/").split("/") if part not in ("", "."))
        claims.setdefault(file, set()).add(parts)
    assert all(len(paths) == 1 for paths in claims.values())


def test_equal_base_names_in_many_folders_take_linear_time() -> None:
    number = 20_000  # 400,000,000 pairs
    files = [f"{n}/image.png" for n in range(number)]
    assert len(match_names([f"/home/me/{name}" for name in files], files).found) == number
    assert len(match_names([f"x{name}" for name in files], files).ambiguous) == number


def test_labels_find_their_classes() -> None:
    names = ClassNames(["cat", "Cat", "dog ", "3", "007", "café"])
    labels = ["cat", "Cat", " cat ", "dog", "3.0", "7", "007", unicodedata.normalize("NFD", "café"), "CAT"]
    assert [names.find(label) for label in labels] == [0, 1, 0, 2, 3, None, 4, 5, None]
    assert len(names.notes()) == 4
    assert names.suggest("DOG") == "Did you mean 'dog '?"
    assert names.suggest("bird") == "Use the name of one of its classes."


def test_labels_that_fit_two_classes_fit_none() -> None:
    assert ClassNames(["cat", "cat "]).find(" cat") is None


def test_similar_names_differ_in_case_and_blanks_only() -> None:
    assert similar_name("Ice_Cream ") == similar_name("ice  cream") == similar_name("ICE-CREAM")
    assert similar_name("icecream") != similar_name("ice cream")
