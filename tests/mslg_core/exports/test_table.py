"""The export table in every format."""

import csv
import io
import json
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from mslg_core.exports.table import EXPORT_COLUMNS, ExportRow, open_writer
from mslg_rules.corrected_label import CorrectedBy

LISTS = ("tags", "reviewers", "comments")
SOFT = np.array([0.1, 0.9], dtype=np.float32)
ROWS = [
    ExportRow(
        "007",
        'a b/ü,"x".png',
        "=cmd()",
        "dog",
        0.1,
        True,
        1,
        SOFT.tolist(),
        "dog",
        CorrectedBy.MODEL,
        ["dark", "near_duplicate"],
        3,
    ),
    ExportRow(None, "c.png", "dog", None, None, False, None, None, None, CorrectedBy.PERSON, []),
]


def written(file_format: str, batches: list[list[ExportRow]]) -> bytes:
    """The bytes of a table."""
    buffer = io.BytesIO()
    with open_writer(file_format, buffer, ["cat", "dog"]) as writer:
        for batch in batches:
            writer.write(batch)
    return buffer.getvalue()


def read(file_format: str, data: bytes) -> list[dict[str, Any]]:
    """The rows of a table, with CSV cells converted to values."""
    if file_format == "parquet":
        rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
        return rows
    if file_format == "jsonl":
        return [json.loads(line) for line in data.decode().splitlines()]
    back = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    typed: dict[str, Any] = {
        "label_score": float,
        "rank": int,
        "soft_label": json.loads,
        "duplicate_group": int,
    }
    return [
        {k: None if v == "" else typed.get(k, str)(v) for k, v in row.items()}
        | {"is_label_issue": row["is_label_issue"] == "true", "issues": row["issues"].split()}
        | {name: json.loads(row[name] or "[]") for name in LISTS}
        for row in back
    ]


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_every_value_is_kept(file_format: str) -> None:
    data = written(file_format, [ROWS[:1], [], ROWS[1:]])
    first, second = read(file_format, data)
    assert tuple(first) == EXPORT_COLUMNS
    assert first.pop("soft_label") == pytest.approx([0.1, 0.9], abs=1e-6)
    assert first.pop("label_score") == pytest.approx(0.1, abs=1e-6)
    empty: dict[str, list[str]] = {name: [] for name in LISTS}
    expected = [{k: getattr(row, k) for k in EXPORT_COLUMNS} | empty for row in ROWS]
    assert first == {k: v for k, v in expected[0].items() if k not in ("soft_label", "label_score")}
    assert second == expected[1]
    assert data == written(file_format, [ROWS[:1], [], ROWS[1:]])


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "parquet"])
def test_an_empty_table_is_complete(file_format: str) -> None:
    assert read(file_format, written(file_format, [])) == []


def test_text_is_not_escaped_and_parquet_names_the_classes() -> None:
    assert b"=cmd()," in written("csv", [ROWS])
    metadata = pq.read_schema(io.BytesIO(written("parquet", [ROWS]))).metadata
    assert json.loads(metadata[b"classes"]) == ["cat", "dog"]


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="xlsx"):
        open_writer("xlsx", io.BytesIO(), [])
