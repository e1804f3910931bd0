"""Tables of images: every type of column, rows as identities, shards, and Hugging Face's `save_to_disk`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mslg_core import errors
from mslg_core.datasets.archives.archive import ArchiveLimits, LabelledEntry, Rejection
from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import ReadImage, read_dataset, read_images
from mslg_core.datasets.open_dataset import open_dataset
from tests.mslg_core.datasets.archive_files import png, write_tar, write_zip

IMAGES = [png(n) for n in range(4)]
LABELS = ["cat", "dog", "cat", "dog"]
NAMES = {"info": {"features": {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}}}}
STRUCT = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def structs(paths: Sequence[str | None], images: list[bytes] = IMAGES) -> pa.Array:
    """Images as `datasets` stores them."""
    rows = [{"bytes": data, "path": path} for data, path in zip(images, paths, strict=True)]
    return pa.array(rows, type=STRUCT)


def write(path: Path, metadata: dict[str, Any] | None = None, **columns: Any) -> Path:
    table = pa.table(columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table.replace_schema_metadata({"huggingface": json.dumps(metadata)} if metadata else None), path
    )
    return path


def write_arrow(path: Path, **columns: Any) -> Path:
    """A shard as `save_to_disk` writes it."""
    table = pa.table(columns).replace_schema_metadata({"huggingface": json.dumps(NAMES)})
    path.parent.mkdir(parents=True, exist_ok=True)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    return path


def found_in(path: Path) -> list[tuple[str, str | None, bytes]]:
    """(name, label, image) of every row."""
    with open_dataset(path) as source:
        entries = list(source.entries())
        assert not [entry for entry in entries if isinstance(entry, Rejection)]
        return [(e.name, e.label, e.read()) for e in entries if isinstance(e, LabelledEntry)]


def png_lists() -> dict[str, pa.Array]:
    size = max(map(len, IMAGES))
    padded = [data.ljust(size, b"\0") for data in IMAGES]
    numbers = [np.frombuffer(data, np.uint8).tolist() for data in IMAGES]
    return {
        "binary": pa.array(IMAGES, pa.binary()),
        "large_binary": pa.array(IMAGES, pa.large_binary()),
        "binary_view": pa.array(IMAGES, pa.binary_view()),
        "fixed-size bytes": pa.array(padded, pa.binary(size)),
        "dictionary": pa.array(IMAGES, pa.binary()).dictionary_encode(),
        "list<uint8>": pa.array(numbers, pa.list_(pa.uint8())),
        "large_list<uint8>": pa.array(numbers, pa.large_list(pa.uint8())),
        "struct": structs([None] * 4),
    }


@pytest.mark.parametrize("kind", png_lists())
@pytest.mark.parametrize("column", ["image", "img", "Image ", "photo"])
def test_images_in_every_type_of_column(tmp_path: Path, kind: str, column: str) -> None:
    images = png_lists()[kind]
    path = write(tmp_path / "a.parquet", **{column: images, "label": LABELS})
    found = found_in(path)
    assert [label for _, label, _ in found] == LABELS
    assert [data.rstrip(b"\0") for *_, data in found] == [data.rstrip(b"\0") for data in IMAGES]


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("labels", [0, 1, None, -1], ["cat", "dog", None, None]),
        ("fine_label", [0, 1, 0, 1], LABELS),
        ("Label", [0.0, 1.0, float("nan"), None], ["cat", "dog", None, None]),
        ("category", pa.array(LABELS).dictionary_encode(), LABELS),
        ("target", pa.array(LABELS, pa.string_view()), LABELS),
        ("class", ["cat", "", None, "007"], ["cat", None, None, "007"]),
    ],
)
def test_labels_in_every_type_of_column(
    tmp_path: Path, column: str, values: Any, expected: list[str | None]
) -> None:
    features = {column: {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    path = write(tmp_path / "a.parquet", {"info": {"features": features}}, image=IMAGES, **{column: values})
    assert [label for _, label, _ in found_in(path)] == expected


def test_a_label_under_another_name_is_known_by_what_datasets_says_of_it(tmp_path: Path) -> None:
    features = {"breed": {"names": ["cat", "dog"], "_type": "ClassLabel"}}
    path = write(tmp_path / "a.parquet", {"info": {"features": features}}, image=IMAGES, breed=[0, 1, 0, 1])
    assert [label for _, label, _ in found_in(path)] == LABELS


@pytest.mark.parametrize("value", [0.5, [1, 2], {"a": 1}])
def test_a_label_that_is_none_is_refused_with_its_row(tmp_path: Path, value: Any) -> None:
    path = write(tmp_path / "a.parquet", image=IMAGES[:2], label=[value, value])
    with pytest.raises(errors.MetadataError, match=r"a\.parquet, row 0: a label must be text or a whole"):
        found_in(path)


def test_rows_are_images_whatever_their_names(tmp_path: Path) -> None:
    paths = ["1.png", "2.png", "1.png", "/home/me/3.png"]
    path = write(tmp_path / "a.parquet", NAMES, image=structs(paths), label=[0, 1, 0, 1])
    found = found_in(path)
    assert [name for name, *_ in found] == ["0000000/1.png", "2.png", "0000002/1.png", "0000003/3.png"]
    assert [data for *_, data in found] == IMAGES


@pytest.mark.parametrize("name", ["../x.png", "C:\\x.png", ".DS_Store", "a//b.png", "x" * 2000, "con", ""])
def test_an_unsafe_name_costs_no_row(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.parquet", image=structs([name, "b.png", "c.png", None]), label=LABELS)
    assert len(found_in(path)) == 4


def test_a_made_up_name_takes_none_that_is_there(tmp_path: Path) -> None:
    names = ["a", "a", "0000000/a", "0000003"]
    found = found_in(write(tmp_path / "a.parquet", image=IMAGES, file_name=names, label=LABELS))
    assert len({name for name, *_ in found}) == 4


def test_repeated_ids_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", image=IMAGES, label=LABELS, id=[1, 2, 2, 3])
    with pytest.raises(errors.DuplicateIdError, match="the same id: 2"):
        open_dataset(path)


def test_rows_with_only_a_path_are_listed_with_the_reason(tmp_path: Path) -> None:
    images = pa.array([{"bytes": IMAGES[0], "path": "1"}, {"bytes": None, "path": "/x/2.png"}, None], STRUCT)
    path = write(tmp_path / "a.parquet", image=images, label=["cat", "dog", "dog"])
    with open_dataset(path) as source:
        items = list(read_images(source, read_dataset(source)))
    refused = [item for item in items if isinstance(item, Rejection)]
    assert [item.code for item in refused] == ["damaged_file"] * 2
    assert "only a path" in refused[0].reason


def shards(folder: Path) -> Path:
    """Two shards of one split, and the images' base names in both."""
    for number in range(2):
        part = slice(2 * number, 2 * number + 2)
        write(
            folder / f"data/train-{number:05d}-of-00002.parquet",
            NAMES,
            image=structs(["1.png", "2.png"], IMAGES[part]),
            label=[0, 1],
        )
    (folder / "README.md").write_text("cats")
    return folder


def save_to_disk(folder: Path) -> Path:
    """A dataset with two splits."""
    for split, part in (("train", slice(0, 3)), ("test", slice(3, 4))):
        own = IMAGES[part]
        paths = [f"{n}.png" for n in range(len(own))]
        labels = [0, 1, 0] if split == "train" else [None]
        write_arrow(
            folder / split / "data-00000-of-00001.arrow",
            image=structs(paths, own),
            label=pa.array(labels, pa.int64()),
        )
        write_arrow(folder / split / "cache-1234.arrow", image=structs(paths, own), label=[0] * len(own))
        (folder / split / "state.json").write_text("{}")
    (folder / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    return folder


def packed(folder: Path, write_archive: Any, name: str) -> Path:
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return Path(write_archive(folder.parent / name, files))


def test_shards_are_one_dataset_as_a_folder_a_zip_and_a_tar(tmp_path: Path) -> None:
    folder = shards(tmp_path / "cats")
    for path in (folder, packed(folder, write_zip, "a.zip"), packed(folder, write_tar, "a.tar.gz")):
        found = found_in(path)
        assert [data for *_, data in found] == IMAGES
        assert [label for _, label, _ in found] == LABELS
        assert len({name for name, *_ in found}) == 4


def test_save_to_disk_is_read_as_it_is_and_as_an_archive(tmp_path: Path) -> None:
    folder = save_to_disk(tmp_path / "cats")
    for path in (folder, packed(folder, write_zip, "a.zip")):
        found = found_in(path)
        assert [(name, label) for name, label, _ in found] == [
            ("test/0.png", None),
            ("train/0.png", "cat"),
            ("train/1.png", "dog"),
            ("train/2.png", "cat"),
        ]


def test_a_file_is_known_by_its_content_as_uploads_are(tmp_path: Path) -> None:
    for written in (
        write(tmp_path / "a.parquet", NAMES, image=IMAGES, label=[0, 1, 0, 1]),
        write_arrow(tmp_path / "a.arrow", image=IMAGES, label=[0, 1, 0, 1]),
    ):
        upload = written.rename(tmp_path / f"upload-{written.suffix[1:]}")
        with open_archive(upload) as source:
            layout = read_dataset(source)
            read = [item for item in read_images(source, layout) if isinstance(item, ReadImage)]
        assert [item.sample.label for item in read] == LABELS


def test_images_beside_a_table_of_images_are_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "d/a.parquet", image=IMAGES, label=LABELS)
    (tmp_path / "d/cat").mkdir()
    (tmp_path / "d/cat/1.png").write_bytes(IMAGES[0])
    with open_dataset(tmp_path / "d") as source:
        assert "cat/1.png" in {entry.name for entry in source.entries() if not isinstance(entry, Rejection)}


def test_a_damaged_shard_is_not_left_out_in_silence(tmp_path: Path) -> None:
    folder = shards(tmp_path / "cats")
    (folder / "data/train-00001-of-00002.parquet").write_bytes(b"PAR1" + bytes(50))
    for path in (folder, packed(folder, write_zip, "a.zip")):
        with pytest.raises(errors.MetadataError, match=r"train-00001-of-00002\.parquet is not a readable"):
            open_dataset(path)


def test_links_to_shards_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere.parquet", image=IMAGES, label=LABELS)
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.parquet").symlink_to(tmp_path / "elsewhere.parquet")
    with open_dataset(tmp_path / "d") as source:
        assert [type(entry) for entry in source.entries()] == [Rejection]


def test_what_a_table_unpacks_to_is_limited(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", image=IMAGES, label=LABELS)
    with open_archive(path, ArchiveLimits(entries=3)) as source, pytest.raises(errors.ArchiveBombError):
        list(source.entries())
    with open_archive(path, ArchiveLimits(file_bytes=10)) as source:
        items = list(read_images(source, read_dataset(source)))
    assert {item.code for item in items if isinstance(item, Rejection)} == {"file_too_large"}


def test_a_column_of_paths_is_refused_by_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", image=["1.png", "2.png"], label=["cat", "dog"])
    with pytest.raises(errors.NoImageColumnError, match="'image' holds string: put the bytes"):
        open_archive(path)
