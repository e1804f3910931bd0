"""Clothing1M: given and verified labels, and the errors for malformed files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.layouts.base import Layout
from tests.mslg_core.datasets.layouts.published import (
    CLOTHES,
    Files,
    below,
    clothing1m,
    in_folder,
    in_zip,
    key,
    refused,
    text,
)


@pytest.mark.parametrize("read", [in_zip, in_folder])
@pytest.mark.parametrize("top", ["", "clothing1M"])
def test_noisy_labels_are_given_and_clean_ones_verified(
    tmp_path: Path, read: Callable[[Path, Files], Layout], top: str
) -> None:
    files = clothing1m() if not top else below(top, clothing1m())
    layout = read(tmp_path, files)
    by_name = {sample.file_name: sample for sample in layout.samples}
    assert list(by_name) == [key(n) for n in range(9)]
    assert [sample.label for sample in layout.samples[:8]] == [CLOTHES[n % 3 + 3] for n in range(8)]
    assert {name: e.verified_label for name, e in by_name.items() if e.verified_label} == {
        key(6): CLOTHES[10],
        key(8): CLOTHES[12],
    }
    assert all(sample.archive_path.endswith(sample.file_name) for sample in layout.samples)


def test_clean_labels_of_the_test_split_are_for_measuring_only(tmp_path: Path) -> None:
    layout = in_zip(tmp_path, clothing1m())
    assert {e.file_name: e.clean_label for e in layout.samples if e.clean_label} == {key(7): CLOTHES[11]}
    assert refused(layout) == {key(9): "unlabelled"}


def test_images_with_a_clean_label_only_have_no_given_label(tmp_path: Path) -> None:
    layout = in_zip(tmp_path, clothing1m())
    assert [e.file_name for e in layout.samples if e.label is None] == [key(8)]


def test_classes_are_in_the_published_order(tmp_path: Path) -> None:
    assert in_zip(tmp_path, clothing1m()).classes == tuple(CLOTHES[n] for n in (3, 4, 5, 10, 12))


def test_every_clean_label_is_verified_if_no_split_is_listed(tmp_path: Path) -> None:
    files = {name: data for name, data in clothing1m().items() if "key_list" not in name}
    assert sum(s.verified_label is not None for s in in_zip(tmp_path, files).samples) == 4


def test_unmatched_files_and_lines_are_rejected(tmp_path: Path) -> None:
    files = clothing1m()
    del files[key(0)]
    files["images/0/00/unnamed.jpg"] = files["README.md"] = b""
    files["noisy_label_kv.txt"] += text("../../etc/passwd 3", "/etc/passwd 3")
    files["noisy_train_key_list.txt"] += text("images/0/nowhere.jpg")
    layout = in_zip(tmp_path, files)
    assert key(0) not in {sample.file_name for sample in layout.samples}
    assert refused(layout) == {
        key(0): "missing_file",
        "../../etc/passwd": "missing_file",
        "/etc/passwd": "missing_file",
        "images/0/00/unnamed.jpg": "unlabelled",
        "README.md": "not_an_image",
        key(9): "unlabelled",
        "images/0/nowhere.jpg": "unlabelled",
    }


def test_label_files_may_be_in_an_annotations_folder(tmp_path: Path) -> None:
    files = {
        name if name.startswith("images/") else f"annotations/{name}": d for name, d in clothing1m().items()
    }
    layout = in_zip(tmp_path, below("clothing1M", files))
    assert [sample.file_name for sample in layout.samples] == [key(n) for n in range(9)]


@pytest.mark.parametrize("name", ["category_names_eng.txt", "noisy_label_kv.txt"])
def test_error_names_the_missing_label_file(tmp_path: Path, name: str) -> None:
    files = clothing1m()
    del files[name]
    with pytest.raises(errors.LayoutError, match=f"Clothing1M, but {name} is missing"):
        in_zip(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "noisy_label_kv.txt",
            text(f"{key(0)} 3", key(1)),
            "line 2: expected a path, a space and a class number",
        ),
        ("noisy_label_kv.txt", text(f"{key(0)} 14"), "line 1: class number 14 does not exist"),
        ("noisy_label_kv.txt", text(f"{key(0)} -1"), "line 1: expected a path"),
        ("noisy_label_kv.txt", text(f"{key(0)} 3.0"), "line 1: expected a path"),
        ("noisy_label_kv.txt", text(f"{key(0)} ３"), "line 1: expected a path"),
        ("noisy_label_kv.txt", text(f"{key(0)} 3", f"./{key(0)} 4"), "line 2 contradicts"),
        ("noisy_label_kv.txt", b"\xff 3\n", "not UTF-8"),
        ("clean_label_kv.txt", text("3"), "clean_label_kv.txt, line 1"),
        ("category_names_eng.txt", text("Shirt", "Shirt"), "line 2 contradicts"),
        ("category_names_eng.txt", text("Shirt", "x" * 201), "line 2: a class name is text"),
        ("category_names_eng.txt", b"", "names no class"),
        ("category_names_eng.txt", text("Shirt", "", "Vest"), "empty lines"),
    ],
)
def test_error_names_the_malformed_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(errors.MetadataError, match=message):
        in_zip(tmp_path, clothing1m() | {name: data})


def test_repeated_lines_that_agree_are_accepted(tmp_path: Path) -> None:
    files = clothing1m()
    twice = {name: data * 2 for name, data in files.items() if name.endswith("_list.txt") or "_kv" in name}
    assert in_zip(tmp_path, files | twice) == in_zip(tmp_path, files)


def test_two_datasets_in_one_archive_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.LayoutError, match="one dataset only"):
        in_zip(tmp_path, below("a", clothing1m()) | below("b", clothing1m()))
