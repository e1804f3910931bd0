"""Labels of `mslg clean`: from tables or from the dataset itself."""

from pathlib import Path

import pytest

from mslg_core import errors
from mslg_core.cleaning.inputs import Labels, read_labelled_images, read_labels
from mslg_core.datasets.open_dataset import open_dataset
from tests.mslg_core.datasets.archive_files import write_zip
from tests.mslg_core.datasets.layouts.published import CLOTHES, Files, clothing1m, food101n, key

APPLE = "apple_pie/00000000000000000000000000000001.jpg"


def labels_of(tmp_path: Path, files: Files, verified: str | None = None) -> Labels:
    """The labels of a zip file, with an optional table of verified labels."""
    table = None
    if verified is not None:
        table = tmp_path / "verified.csv"
        table.write_text(f"file_name,label\n{verified}\n")
    with open_dataset(write_zip(tmp_path / "dataset.zip", files)) as source:
        return read_labels(source, None, table)


def test_published_datasets_contain_given_and_verified_labels(tmp_path: Path) -> None:
    labels = labels_of(tmp_path, clothing1m())
    assert [row.file_name for row in labels.rows] == [key(n) for n in range(9)]
    assert labels.verified == {6: CLOTHES[10], 8: CLOTHES[12]}
    assert labels.rows[8].label is None
    assert labels.selections == {}
    assert labels.open_verdicts == {}


def test_a_table_of_verified_labels_takes_precedence_over_the_dataset(tmp_path: Path) -> None:
    assert set(labels_of(tmp_path, food101n()).open_verdicts) == {1, 3}
    labels = labels_of(tmp_path, food101n(), f"{APPLE},baby_back_ribs")
    assert set(labels.open_verdicts) == {3}
    assert labels.verified == {0: "apple_pie", 1: "baby_back_ribs", 4: "baby_back_ribs"}


def test_images_are_found_by_archive_path_instead_of_file_name(tmp_path: Path) -> None:
    files = food101n()
    with open_dataset(write_zip(tmp_path / "dataset.zip", files)) as source:
        labels = read_labels(source, None, None)
        images = dict(read_labelled_images(source, labels))
    assert [images[n] for n in range(6)] == [d for name, d in files.items() if name.startswith("images/")]


@pytest.mark.parametrize(
    ("verified", "error"),
    [("nobody.jpg,apple_pie", errors.MissingFileError), (f"{APPLE},pie", errors.MetadataError)],
)
def test_tables_that_contradict_the_dataset_are_refused(
    tmp_path: Path, verified: str, error: type[errors.InputError]
) -> None:
    with pytest.raises(error):
        labels_of(tmp_path, food101n(), verified)
