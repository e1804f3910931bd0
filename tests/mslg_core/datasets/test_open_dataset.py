"""Folders and Parquet files as archives."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mslg_core import errors
from mslg_core.datasets.archives.archive import ArchiveEntry, Rejection
from mslg_core.datasets.detect import ReadImage, read_dataset, read_images
from mslg_core.datasets.open_dataset import open_dataset
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip

FILES = {"cat/1.png": png(1), "cat/2.png": png(2), "dog/1.png": png(3)}
HUGGING_FACE = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}


def write_parquet(path: Path, columns: dict[str, Any], metadata: dict[str, Any] | None = None) -> Path:
    """A Parquet file, with the metadata of Hugging Face's `datasets`."""
    table = pa.table(columns)
    pq.write_table(
        table.replace_schema_metadata({"huggingface": json.dumps(metadata)} if metadata else None), path
    )
    return path


def labels_in(path: Path) -> dict[str, str | None]:
    """Label by file name of every image that can be read."""
    with open_dataset(path) as source:
        layout = read_dataset(source)
        read = [image for image in read_images(source, layout) if isinstance(image, ReadImage)]
    return {image.sample.file_name: image.sample.label for image in read}


def test_every_kind_of_archive_gives_the_same_labels(tmp_path: Path) -> None:
    for name, data in FILES.items():
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(data)
    expected = {name: name.split("/")[0] for name in FILES}
    for path in (
        tmp_path / "folder",
        write_zip(tmp_path / "a.zip", FILES),
        write_tar(tmp_path / "a.tar.gz", FILES),
        write_parquet(
            tmp_path / "a.parquet",
            {"file_name": list(FILES), "image": list(FILES.values()), "label": list(expected.values())},
        ),
        write_parquet(tmp_path / "b.parquet", {"file_name": list(FILES), "image": list(FILES.values())}),
    ):
        assert labels_in(path) == expected


def test_links_in_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "folder/cat").mkdir(parents=True)
    (tmp_path / "folder/cat/1.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "folder/dogs").symlink_to(tmp_path)
    with open_dataset(tmp_path / "folder") as source:
        entries = list(source.entries())
    assert [(e.file_name, e.code) for e in entries if isinstance(e, Rejection)] == [("cat/1.png", "link")]
    assert not any(isinstance(entry, ArchiveEntry) for entry in entries)


def test_parquet_files_of_hugging_face_datasets(tmp_path: Path) -> None:
    images = [{"bytes": png(n), "path": f"{n}.png" if n else None} for n in range(4)]
    columns = {"image": images, "label": [0, 1, 1, -1]}
    path = write_parquet(tmp_path / "train-00000-of-00001.parquet", columns, HUGGING_FACE)
    assert labels_in(path) == {"0000000": "cat", "1.png": "dog", "2.png": "dog", "3.png": None}


def test_integer_labels_without_class_names_are_classes(tmp_path: Path) -> None:
    columns = {"image": [png(), png()], "label": [10, 9], "id": [7, 8]}
    with open_dataset(write_parquet(tmp_path / "a.parquet", columns)) as source:
        layout = read_dataset(source)
    assert layout.classes == ("9", "10")
    assert [sample.external_id for sample in layout.samples] == ["7", "8"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"file_name": ["a"], "label": ["cat"]}, "no column image"),
        ({"image": ["a.png"], "label": ["cat"]}, "no column image"),
        ({"image": [{"path": "a.png"}], "label": ["cat"]}, "no column image"),
        ({"image": [png()], "label": [0.5]}, "row 0: a label must be text or a whole number"),
        ({"image": [png(), png()], "label": [0, 2]}, "row 1: class number 2 does not exist"),
    ],
)
def test_parquet_files_without_labelled_images_are_refused(
    tmp_path: Path, columns: dict[str, Any], message: str
) -> None:
    path = write_parquet(tmp_path / "a.parquet", columns, HUGGING_FACE)
    with pytest.raises(errors.MetadataError, match=message):
        labels_in(path)


def test_damaged_parquet_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(errors.MetadataError, match="not a readable Parquet file"):
        open_dataset(tmp_path / "a.parquet")
