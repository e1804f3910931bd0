"""Users' columns in exports: beside ours, under their own names, and the same when read again."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mslg_core.datasets.archives.open import open_archive
from mslg_core.datasets.detect import read_dataset
from mslg_core.exports.metadata_columns import MetadataColumn, read_values
from mslg_core.exports.writers import open_export
from mslg_rules.metadata import ColumnFacts
from tests.mslg_core.exports.images import CLASSES, LABELLED

CELLS: dict[str, list[str]] = {
    'c "x"\u202e, ü': ["=1+1", "'; --", " é\n", "007"],
    "iso": ["100", "-20", "3", "0"],
    "exposure": ["1.5", "0.25", "2.0", "-3.0"],
    "padded": ["1.50", "2", "3", "4"],
    "flash": ["true", "false", "true", "true"],
    "rank": ["first", "second", "third", "fourth"],
    "metadata_rank": ["a", "b", "c", "d"],
    "Verdict": ["x", "y", "z", "w"],
}


def describe(name: str) -> MetadataColumn:
    facts = ColumnFacts()
    for value in CELLS[name]:
        facts.add(value)
    return MetadataColumn.of(facts.describe(name))


COLUMNS = [describe(name) for name in CELLS]
IMAGES = [
    image._replace(
        row=image.row._replace(
            metadata=read_values(COLUMNS, [values[number] for values in CELLS.values()]),
            tags=("blurred", "a b") if number == 0 else (),
        )
    )
    for number, image in enumerate(LABELLED[:4])
]


def export(file_format: str) -> bytes:
    file = io.BytesIO()
    with open_export(file_format, file, CLASSES, COLUMNS) as writer:
        writer.write(IMAGES)
    return file.getvalue()


@pytest.mark.parametrize(
    "file_format",
    ["class_folders", "yolo", "imagefolder", "fiftyone", "label_studio", "cvat", "datumaro", "webdataset"],
)
def test_metadata_comes_back_as_it_was_written(file_format: str, tmp_path: Path) -> None:
    path = tmp_path / ("data.tar" if file_format == "webdataset" else "data.zip")
    path.write_bytes(export(file_format))
    with open_archive(path) as archive:
        samples = {
            sample.file_name: dict(sample.metadata.items()) for sample in read_dataset(archive).samples
        }
    for number, image in enumerate(IMAGES):
        assert samples[image.row.file_name] == {name: values[number] for name, values in CELLS.items()}


def test_tables_have_the_columns_after_ours_with_their_types() -> None:
    rows = list(csv.DictReader(io.StringIO(export("csv").decode(), newline="")))
    assert [row['c "x"\u202e, ü'] for row in rows] == CELLS['c "x"\u202e, ü']
    assert [row["padded"] for row in rows] == CELLS["padded"]
    assert [row["metadata_rank"] for row in rows] == CELLS["rank"]
    assert [row["metadata_metadata_rank"] for row in rows] == CELLS["metadata_rank"]
    assert json.loads(rows[0]["tags"]) == ["blurred", "a b"]
    lines = [json.loads(line) for line in export("jsonl").decode().splitlines()]
    assert [line["iso"] for line in lines] == [100, -20, 3, 0]
    assert [line["flash"] for line in lines] == [True, False, True, True]
    assert [line["padded"] for line in lines] == CELLS["padded"]  # a number would lose a zero
    table = pq.read_table(io.BytesIO(export("parquet")))
    kinds = {name: str(table.schema.field(name).type) for name in ("iso", "exposure", "padded", "flash")}
    assert kinds == {"iso": "int64", "exposure": "double", "padded": "string", "flash": "bool"}
    assert table.column("tags").to_pylist()[0] == ["blurred", "a b"]
