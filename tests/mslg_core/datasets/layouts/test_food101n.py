"""Food-101N: the class is in the path; verification marks it as right or wrong without the true class."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.layouts.base import Layout
from mslg_rules.selection import Selection
from mslg_rules.verdict import Verdict
from tests.mslg_core.datasets.layouts.published import (
    Files,
    below,
    food101n,
    in_folder,
    in_zip,
    refused,
    text,
)

APPLE = [f"apple_pie/{n:032x}.jpg" for n in range(3)]
RIBS = [f"baby_back_ribs/{n:032x}.jpg" for n in range(3)]


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("read", [in_zip, in_folder])
def test_flags_make_labels_verified_or_known_wrong(
    tmp_path: Path, read: Callable[[Path, Files], Layout], header: bool
) -> None:
    layout = read(tmp_path, below("Food-101N_release", food101n(header=header)))
    assert layout.classes == ("apple_pie", "baby_back_ribs")
    assert [e.file_name for e in layout.samples] == APPLE + RIBS
    assert [e.label for e in layout.samples] == ["apple_pie"] * 3 + ["baby_back_ribs"] * 3
    assert {e.file_name: e.verified_label for e in layout.samples if e.verified_label} == {
        APPLE[0]: "apple_pie",
        RIBS[1]: "baby_back_ribs",
    }
    assert [e.file_name for e in layout.samples if e.open_verdict is Verdict.WRONG_UNKNOWN] == [
        APPLE[1],
        RIBS[0],
    ]
    assert all(sample.selection is Selection.RANDOM for sample in layout.samples)
    assert layout.rejections == ()


def test_listed_paths_may_omit_the_suffix(tmp_path: Path) -> None:
    files = food101n()
    for name in ("imagelist", "verified_train", "verified_val"):
        files[f"meta/{name}.tsv"] = files[f"meta/{name}.tsv"].replace(b".jpg", b"")
    layout = in_zip(tmp_path, files)
    assert [e.file_name for e in layout.samples] == [key.removesuffix(".jpg") for key in APPLE + RIBS]
    assert [e.archive_path for e in layout.samples] == [f"images/{key}" for key in APPLE + RIBS]
    assert sum(e.open_verdict is Verdict.WRONG_UNKNOWN for e in layout.samples) == 2


def test_unmatched_files_and_lines_are_rejected(tmp_path: Path) -> None:
    files = food101n()
    del files[f"images/{APPLE[0]}"]
    files["images/apple_pie/more.jpg"] = files["README.txt"] = b""
    files["meta/verified_val.tsv"] += text("apple_pie/unlisted.jpg\t1")
    assert refused(in_zip(tmp_path, files)) == {
        APPLE[0]: "missing_file",
        "images/apple_pie/more.jpg": "unlabelled",
        "README.txt": "not_an_image",
        "apple_pie/unlisted.jpg": "unlabelled",
    }


def test_repeated_lines_that_agree_are_accepted(tmp_path: Path) -> None:
    files = food101n(header=False)
    twice = {name: data * 2 for name, data in files.items() if name.endswith(".tsv")}
    assert in_zip(tmp_path, files | twice) == in_zip(tmp_path, files)


@pytest.mark.parametrize("name", ["classes.txt", "imagelist.tsv"])
def test_error_names_the_missing_label_file(tmp_path: Path, name: str) -> None:
    files = food101n()
    del files[f"meta/{name}"]
    with pytest.raises(errors.LayoutError, match=f"Food-101N, but meta/{name} is missing"):
        in_zip(tmp_path, files)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "imagelist.tsv",
            text(*APPLE, "waffles/1.jpg"),
            "line 4: classes.txt does not list the class 'waffles'",
        ),
        ("imagelist.tsv", text(*APPLE, "../../etc/passwd"), "line 4: expected class_name/key"),
        ("verified_train.tsv", text(f"{APPLE[0]}\t2"), "line 1: expected class_name/key, a tab and 1 or 0"),
        ("verified_train.tsv", text(f"{APPLE[0]}\tyes"), "line 1: expected class_name/key, a tab and 1 or 0"),
        ("verified_train.tsv", text(APPLE[0]), "line 1: expected class_name/key, a tab and 1 or 0"),
        ("verified_train.tsv", text(f"{APPLE[0]}\t1", f"{APPLE[0]}\t0"), "line 2 contradicts"),
        ("verified_train.tsv", text(f"{RIBS[0]}\t1"), "verified_val.tsv, line 2 contradicts"),
        ("classes.txt", text("apple_pie", "apple_pie"), "line 2 contradicts"),
        ("classes.txt", b"", "names no class"),
    ],
)
def test_error_names_the_malformed_line(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    with pytest.raises(errors.MetadataError, match=message):
        in_zip(tmp_path, food101n() | {f"meta/{name}": data})
