"""Tables under other names than metadata, folders of splits, and where tables and folders disagree."""

from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import Layout, read_dataset
from tests.mslg_core.datasets.archive_files import png, write_zip


def layout_of(tmp_path: Path, files: dict[str, bytes]) -> Layout:
    """The layout of a zip of these files."""
    with open_archive(write_zip(tmp_path / "a.zip", files)) as archive:
        return read_dataset(archive)


def images(*names: str) -> dict[str, bytes]:
    """Files with these names."""
    return {name: png() for name in names}


def labels_of(layout: Layout) -> dict[str, tuple[str, str | None]]:
    """Label and split by path in the archive."""
    return {s.archive_path: (s.label, s.source_split) for s in layout.samples}


def refused_of(layout: Layout) -> dict[str, str]:
    """Code of the rejection by name."""
    return {r.file_name: r.code for r in layout.rejections}


def test_kaggle_with_ids_without_suffix(tmp_path: Path) -> None:
    files = images("train/0.jpg", "train/1.jpg", "test/0.jpg", "test/1.jpg", "test/2.jpg")
    files |= {"train.csv": b"id,label\n0,cat\n1,dog\n", "test.csv": b"id\n0\n1\n2\n"}
    layout = layout_of(tmp_path, {**files, "sample_submission.csv": b"id,label\n0,cat\n1,cat\n2,cat\n"})
    assert layout.classes == ("cat", "dog")
    assert labels_of(layout) == {"train/0.jpg": ("cat", "train"), "train/1.jpg": ("dog", "train")}
    assert [sample.external_id for sample in layout.samples] == ["0", "1"]
    assert {name: code for name, code in refused_of(layout).items() if name.startswith("test/")} == {
        f"test/{n}.jpg": "unlabelled" for n in range(3)
    }
    assert any("sample_submission.csv is a form for submissions" in note for note in layout.notes)
    assert any("without suffix" in note for note in layout.notes)


def test_roboflow_with_a_column_per_class(tmp_path: Path) -> None:
    table = b"filename, cat, dog\na.jpg, 1, 0\nb.jpg, 0, 1\n"
    files = images(*(f"{split}/{name}.jpg" for split in ("train", "valid") for name in "ab"))
    layout = layout_of(tmp_path, {**files, "train/_classes.csv": table, "valid/_classes.csv": table})
    assert (layout.name, layout.classes) == ("label table", ("cat", "dog"))
    assert labels_of(layout)["valid/b.jpg"] == ("dog", "valid")
    assert len({sample.file_name for sample in layout.samples}) == 4


@pytest.mark.parametrize("name", ["labels.csv", "data/labels.tsv", "images/annotations.csv"])
def test_one_folder_of_images_with_a_table(tmp_path: Path, name: str) -> None:
    layout = layout_of(
        tmp_path, {**images("images/a.png", "images/b.png"), name: b"image,class\na.png,x\nb.png,y\n"}
    )
    assert labels_of(layout) == {"images/a.png": ("x", None), "images/b.png": ("y", None)}
    assert layout.tables == (name,)


def test_a_table_wins_over_class_folders_and_the_difference_is_noted(tmp_path: Path) -> None:
    files = images("cat/1.png", "cat/2.png", "dog/3.png")
    table = b"file_name,label\ncat/1.png,dog\ncat/2.png,cat\ndog/3.png,dog\n"
    layout = layout_of(tmp_path, {**files, "labels.csv": table})
    assert labels_of(layout)["cat/1.png"] == ("dog", None)
    (note,) = layout.notes
    assert note.startswith("labels.csv gives the labels, because a table names each image. For 1 of 3 images")


def test_a_table_that_names_few_images_is_passed_over_and_that_is_noted(tmp_path: Path) -> None:
    files = images(*(f"{label}/{n}.png" for label in ("cat", "dog") for n in range(4)))
    layout = layout_of(tmp_path, {**files, "some.csv": b"file_name,label\ncat/1.png,dog\n"})
    assert (layout.name, labels_of(layout)["cat/1.png"]) == ("class folders", ("cat", None))
    assert "some.csv names only 1 of them" in layout.notes[0]


@pytest.mark.parametrize(
    "table", [b"class_id,name\n0,cat\n1,dog\n", b"id,label\n100,cat\n101,dog\n", b"\0\0"]
)
def test_other_tables_do_not_disturb_class_folders(tmp_path: Path, table: bytes) -> None:
    layout = layout_of(tmp_path, {**images("cat/1.png", "dog/2.png"), "classes.csv": table})
    assert labels_of(layout) == {"cat/1.png": ("cat", None), "dog/2.png": ("dog", None)}
    assert refused_of(layout) == {"classes.csv": "not_an_image"}
    assert len(layout.notes) == 1


def test_names_of_splits_are_never_classes(tmp_path: Path) -> None:
    files = images(
        "train/cat/1.png", "train/dog/2.png", "valid/cat/images/3.png", "test/4.png", "test/images/5.png"
    )
    layout = layout_of(tmp_path, files)
    assert labels_of(layout) == {
        "train/cat/1.png": ("cat", "train"),
        "train/dog/2.png": ("dog", "train"),
        "valid/cat/images/3.png": ("cat", "valid"),
    }
    assert refused_of(layout) == {"test/4.png": "unlabelled", "test/images/5.png": "unlabelled"}
    assert "the name of a split" in layout.rejections[0].reason


def test_a_class_may_have_the_name_of_a_split_within_a_split(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, images("train/train/1.png", "train/bus/2.png"))
    assert layout.classes == ("bus", "train")


def test_an_unlabelled_test_folder_beside_classes_is_no_class(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, images("cat/1.png", "dog/2.png", "test/3.png"))
    assert layout.classes == ("cat", "dog")
    assert refused_of(layout) == {"test/3.png": "unlabelled"}


@pytest.mark.parametrize(
    ("files", "start"),
    [
        (
            {"images/a.png": b"", "labels.csv": b"file_name,label\nx.png,1\ny.png,2\n"},
            "labels.csv: none of its 2",
        ),
        ({"images/a.png": b"", "labels.csv": b"name,breed\na.png,1\n"}, "labels.csv, line 1: The first line"),
        ({"train/a.png": b"", "test/b.png": b""}, "2 files or rows are left out (train/a.png, test/b.png)"),
    ],
)
def test_the_answer_starts_with_the_reason(tmp_path: Path, files: dict[str, bytes], start: str) -> None:
    with pytest.raises(errors.NoLabelsError) as caught:
        layout_of(tmp_path, files)
    assert str(caught.value).startswith(start)


def test_a_single_class_is_refused_together_with_the_table_that_was_not_used(tmp_path: Path) -> None:
    table = b"file_name,label\nx.png,1\n"
    with pytest.raises(errors.OneClassError, match=r"Every image .* labels\.csv: none of its 1 names"):
        layout_of(tmp_path, {**images("cat/a.png"), "labels.csv": table})


def test_all_bad_lines_of_a_table_are_listed(tmp_path: Path) -> None:
    table = b"file_name,label\na.png,x\nb.png,y,z\nc.png,y\nc.png,x\n"
    with pytest.raises(errors.MetadataError, match=r"labels\.csv, line 3: .* 1 other line") as caught:
        layout_of(tmp_path, {**images("a.png", "b.png", "c.png"), "labels.csv": table})
    assert [problem.line for problem in caught.value.problems] == [3, 5]


def test_tables_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    tables = {"a.csv": b"file_name,label\n1.png,x\n2.png,y\n", "b.csv": b"file_name,label\n1.png,y\n"}
    with pytest.raises(errors.MetadataError, match=r"b\.csv, line 2 contradicts a\.csv, line 2"):
        layout_of(tmp_path, {**images("1.png", "2.png"), **tables})


def test_an_ambiguous_name_is_refused_with_the_candidates(tmp_path: Path) -> None:
    files = images("x/1.png", "y/1.png", "x/2.png", "y/3.png")
    table = b"file_name,label\n1.png,a\n2.png,b\n3.png,a\n"
    layout = layout_of(tmp_path, {**files, "labels.csv": table})
    refusal = next(r for r in layout.rejections if r.code == "ambiguous_name")
    assert refusal.reason == "labels.csv, line 2: '1.png' may be any of x/1.png, y/1.png: write the path."
