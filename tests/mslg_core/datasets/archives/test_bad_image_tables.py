"""Tables of images whose columns or cells cannot be read or stored are refused with the reason."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from mslg_core import errors
from mslg_core.datasets.detect import read_dataset
from mslg_core.datasets.open_dataset import open_dataset
from tests.mslg_core.datasets.archives.test_image_tables import IMAGES, LABELS, structs, write


def arrow(path: Path, table: pa.Table, *replaced: bytes) -> Path:
    """A stream of Arrow with bytes replaced, such as by others that are not UTF-8."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data = sink.getvalue().to_pybytes()
    path.write_bytes(data.replace(*replaced) if replaced else data)
    return path


@pytest.mark.parametrize("column", ["label", "file_name", "id", "path", "a new name"])
def test_text_that_is_not_utf8_is_refused(tmp_path: Path, column: str) -> None:
    columns: dict[str, Any] = {"image": IMAGES, "label": ["x", "y", "x", "y"]}
    if column == "path":
        columns["image"] = structs(["dog1", "dog2", "dog3", "dog4"])
    elif column == "a new name":
        columns["dogs"] = LABELS
    else:
        columns[column] = [f"dog{n}" for n in range(4)]
    path = arrow(tmp_path / "a.arrow", pa.table(columns), b"dog", b"d\xffg")
    with (
        pytest.raises(errors.MetadataError, match="is not a readable Arrow file"),
        open_dataset(path) as source,
    ):
        read_dataset(source)


@pytest.mark.parametrize("name", ["image", "label"])
def test_columns_of_the_same_name_are_refused(tmp_path: Path, name: str) -> None:
    arrays = [pa.array(IMAGES), pa.array(LABELS), pa.array(IMAGES if name == "image" else LABELS)]
    path = arrow(tmp_path / "a.arrow", pa.Table.from_arrays(arrays, names=["image", "label", name]))
    with pytest.raises(errors.MetadataError, match=f"several columns '{name}': keep one"):
        open_dataset(path)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"label": [0.0, float("inf"), 1.0, 0.0]}, "a whole number, not inf"),
        ({"label": pa.array([2**31 - 1] * 4, pa.date32())}, "not a readable Parquet file"),
        ({"label": ["a\0", "b", "a\0", "b"]}, "cannot be stored"),
        ({"label": ["a" * 300, "b", "c", "d"]}, "too long"),
        ({"label": LABELS, "id": ["a\0", "b", "c", "d"]}, "cannot be stored"),
    ],
)
def test_labels_and_ids_that_cannot_be_stored_are_refused(
    tmp_path: Path, columns: dict[str, Any], message: str
) -> None:
    path = write(tmp_path / "a.parquet", image=IMAGES, **columns)
    with pytest.raises(errors.MetadataError, match=message), open_dataset(path) as source:
        read_dataset(source)


def test_class_names_that_cannot_be_stored_are_refused(tmp_path: Path) -> None:
    names = {"info": {"features": {"label": {"names": ["\ud800", "dog"], "_type": "ClassLabel"}}}}
    path = write(tmp_path / "a.parquet", names, image=IMAGES, label=[0, 1, 0, 1])
    with pytest.raises(errors.MetadataError, match="cannot be stored"), open_dataset(path) as source:
        read_dataset(source)


@pytest.mark.parametrize("damage", [b"\xff\xff\xff\x7f", b"\0\0\0\0\0\0\xff\x7f"])
def test_a_stream_that_claims_too_much_is_refused(tmp_path: Path, damage: bytes) -> None:
    path = arrow(tmp_path / "a.arrow", pa.table({"image": IMAGES[:2], "label": [0, 1]}))
    data, refused = path.read_bytes(), set()
    for start in range(8, len(data) - 8, 4):
        path.write_bytes(data[:start] + damage + data[start + len(damage) :])
        try:
            with open_dataset(path) as source:
                read_dataset(source)
        except errors.InputError as error:
            refused.add(str(error))
    assert any("not a readable Arrow file" in message for message in refused)
    assert all(message.endswith(".") for message in refused)
