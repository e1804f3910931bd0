"""Tables are read as spreadsheets, scripts and notebooks write them; each guess is noted."""

import io
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_core import errors
from mslg_core.datasets.tables.table import read_label_table, read_table, without_repetitions

TEXT = "file_name,label\na.png,café\nb.png,dog\n"
ROWS = [("a.png", "café"), ("b.png", "dog")]


def parquet(columns: dict[str, object]) -> bytes:
    """A Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "guess"),
    [
        ("t.csv", TEXT.encode(), ""),
        ("t.csv", TEXT.replace(",", ";").encode(), "semicolons"),
        ("t.csv", TEXT.replace(",", "\t").encode(), "tabs"),
        ("t.tsv", TEXT.replace(",", "\t").encode(), "tabs"),
        ("t.csv", b"sep=;\n" + TEXT.replace(",", ";").encode(), "semicolons"),
        ("t.csv", TEXT.encode("utf-8-sig"), ""),
        ("t.csv", TEXT.encode("utf-16"), ""),
        ("t.csv", TEXT.encode("utf-32"), ""),
        ("t.csv", TEXT.encode("utf-16-le"), "UTF-16"),
        ("t.csv", TEXT.encode("utf-16-be"), "UTF-16"),
        ("t.csv", TEXT.encode("cp1252"), "line 2 then starts 'a.png,café'"),
        ("t.csv", TEXT.replace("\n", "\r\n").encode(), ""),
        ("t.csv", TEXT.replace("\n", "\r").encode(), ""),
        ("t.csv", b"\n\n" + TEXT.encode() + b"\n,\n", ""),
        ("t.csv", TEXT.replace("file_name,label", "Filename , Class Name").encode(), ""),
        ("t.csv", TEXT.replace("file_name,label", "IMAGE,target").encode(), ""),
        ("t.csv", b",path,class,width\n0,a.png,caf\xc3\xa9,3\n1,b.png,dog,4\n", ""),
        ("t.csv", b"file_name,label\na.png,caf\xc3\xa9,\nb.png,dog,,\n", ""),
        ("t.csv", TEXT.encode() + b"b.png,dog\n./b.png,dog\n", "repeats 2 rows"),
        ("t.csv", b"path,filename,label\nx,a.png,caf\xc3\xa9\ny,b.png,dog\n", "'path' is kept as metadata"),
        ("t.csv", b"filename, caf\xc3\xa9, dog\na.png, 1, 0\nb.png, 0, 1\n", "a column per class"),
        ("t.jsonl", '{"file": "a.png", "class": "café"}\r{"file": "b.png", "class": "dog"}'.encode(), ""),
        ("t.parquet", parquet({"image": ["a.png", "b.png"], "label": ["café", "dog"], "x": [[1], [2]]}), ""),
    ],
)
def test_a_table_is_read_and_guesses_are_noted(name: str, data: bytes, guess: str) -> None:
    table = read_label_table(name, data)
    assert [(row.file_name.removeprefix("./"), row.label) for row in table.rows] == ROWS
    assert guess in " ".join(table.notes)
    assert bool(table.notes) == bool(guess)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.csv", b"id,label\n7,1.0\n8,\n9,2.0\n"),
        ("t.jsonl", b'{"id": 7, "label": 1}\n{"id": 8}\n{"id": "9", "label": 2.0}\n'),
        ("t.parquet", parquet({"id": [7, 8, 9], "label": [1.0, None, 2.0]})),
        ("t.parquet", parquet({"id": ["7", "8", "9"], "label": [1.0, float("nan"), 2.0]})),
    ],
)
def test_numbers_become_text_and_a_missing_label_none(name: str, data: bytes) -> None:
    rows = read_label_table(name, data).rows
    assert [(row.external_id, row.label) for row in rows] == [("7", "1"), ("8", None), ("9", "2")]


def test_numbers_written_in_different_ways_stay_apart() -> None:
    rows = read_label_table("t.csv", b"file_name,label\na,007\nb,7\nc,7.0\nd,NA\n").rows
    assert [row.label for row in rows] == ["007", "7", "7.0", "NA"]


def test_our_own_column_wins_over_others() -> None:
    table = read_label_table("t.csv", b"class,label,file_name,split\n3,cat,a.png,train\n")
    assert [(row.label, row.split) for row in table.rows] == [("cat", "train")]
    assert table.notes == ["The column 'label' is read as label; 'class' is kept as metadata."]


def test_all_problems_are_listed_with_line_and_remedy() -> None:
    data = b'file_name,label\na,x,y\n,x\nb,"' + b"y" * 201 + b'"\nc,x\nc,y\nd,x"\n"e'
    table = without_repetitions(read_table("t.csv", data))
    found = [(problem.line, problem.code) for problem in table.problems]
    assert found == [
        *[(2, "wrong_number_of_cells"), (3, "name_missing"), (4, "bad_label")],
        *[(8, "bad_csv"), (6, "duplicate_name")],
    ]
    with pytest.raises(errors.MetadataError, match=r"t\.csv, line 2: .* 4 other lines are wrong"):
        table.check()


def test_a_row_with_several_classes_is_refused() -> None:
    table = read_table("t.csv", b"filename,cat,dog\na,1,0\nb,1,1\nc,0,0\n")
    assert [(row.name, row.label) for row in table.rows] == [("a", "cat"), ("c", None)]
    assert [(problem.line, problem.code) for problem in table.problems] == [(3, "several_classes")]


@given(st.binary(max_size=300), st.sampled_from(["t.csv", "t.jsonl", "t.parquet", "t.xlsx"]))
def test_no_bytes_break_the_reader(data: bytes, name: str) -> None:
    for start in (b"", b"file_name,label\n", b'{"file_name": "a"}\n'):
        with suppress(errors.MetadataError):
            assert all(row.name for row in read_label_table(name, start + data).rows)
