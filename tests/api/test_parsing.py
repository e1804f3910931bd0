"""Uploads of verified labels are read line by line, and every line that makes no sense is named."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import EmptyUploadError, InvalidError
from api.verification.parsing import CSV, parse_upload
from mslg_rules.verdict import SETTLING
from store.models import Verdict
from store.verification.bulk_upload import KeyKind, UploadRow
from tests.mslg_core.exports.images import IMAGES, export

JSONL = "application/jsonl"
PARQUET = "application/vnd.apache.parquet"
A_CAT = UploadRow(2, KeyKind.FILE_NAME, "a.png", "cat")


@pytest.mark.parametrize(
    "body",
    [
        b"file_name,label\na.png,cat\n",
        b"\xef\xbb\xbffile_name,label\r\na.png,cat\r\n",
        b"label, file_name\ncat,a.png",
        b'file_name,label\n"a.png","cat"\n\n',
        b"id,file_name,label\n7,a.png,cat\n",
    ],
)
def test_csv(body: bytes) -> None:
    assert parse_upload(body, CSV).rows == [A_CAT]


@pytest.mark.parametrize(
    "body",
    [
        b'\n{"file_name": "a.png", "label": "cat"}\n',
        b'\xef\xbb\xbf\r\n{"label": "cat", "file_name": "a.png"}\r\n\r\n',
    ],
)
def test_json_lines(body: bytes) -> None:
    assert parse_upload(body, JSONL).rows == [A_CAT]


def test_ids_of_the_users_own() -> None:
    rows = parse_upload(b'{"id": "7", "label": "cat"}', JSONL).rows
    assert rows == [UploadRow(1, KeyKind.EXTERNAL_ID, "7", "cat")]


def test_verdicts_beside_and_without_labels() -> None:
    rows = parse_upload(b"file_name,verdict\na,correct\nb,wrong_unknown\n", CSV).rows
    assert [(row.label, row.verdict) for row in rows] == [
        (None, Verdict.CORRECT),
        (None, Verdict.WRONG_UNKNOWN),
    ]
    rows = parse_upload(b"file_name,label,verdict\na,cat,correct\nb,cat,wrong\nc,cat,\n", CSV).rows
    assert [(row.label, row.verdict) for row in rows] == [
        ("cat", Verdict.CORRECT),
        ("cat", Verdict.WRONG),
        ("cat", None),
    ]
    (row,) = parse_upload(b'{"id": "7", "label": null, "verdict": "wrong_unknown"}', JSONL).rows
    assert row == UploadRow(1, KeyKind.EXTERNAL_ID, "7", None, verdict=Verdict.WRONG_UNKNOWN)


def test_lines_count_as_in_an_editor() -> None:
    rows = parse_upload(b'file_name,label\n\n"a\nb.png",cat\nc.png,dog\n', CSV).rows
    assert [(row.line, row.key) for row in rows] == [(3, "a\nb.png"), (5, "c.png")]


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=50)


@given(st.lists(st.tuples(NAMES, NAMES.filter(lambda label: not label.endswith(".0"))), min_size=1))
def test_names_come_in_byte_for_byte(pairs: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("file_name", "label"), *pairs])
    rows = parse_upload(file.getvalue().encode(), CSV).rows
    assert [(row.key, row.label) for row in rows] == pairs
    lines = "\n".join(json.dumps({"file_name": name, "label": label}) for name, label in pairs)
    rows = parse_upload(lines.encode(), JSONL).rows
    assert [(row.key, row.label) for row in rows] == pairs


@pytest.mark.parametrize("body", [b"", b" \n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("media_type", [CSV, JSONL])
def test_an_empty_file(body: bytes, media_type: str) -> None:
    with pytest.raises(EmptyUploadError):
        parse_upload(body, media_type)


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        (b"file_name,label\n", "no_rows", "no rows"),
        (b"a.png,cat\n", "bad_header", "It has 'a.png', 'cat'"),
        (b"file_name\na.png\n", "bad_header", "label or verdict is missing"),
        (b"label\ncat\n", "bad_header", "file_name is missing"),
        (b"file_name,label,label\n", "bad_header", "uplicate column 'label'"),
        (b"file_name,class,target\n", "bad_header", "rename the right one to 'label'"),
        (b"file_name|label\na.png|cat\n", "bad_header", "commas, semicolons, tabs are known"),
        (b"file_name,label\na.png,caf\x81\n", "unreadable_table", "line 2"),
        (b"\xff\xfea", "unreadable_table", "save it as UTF-8"),
        (b"PK\x03\x04", "unreadable_table", "save it as .csv"),
    ],
)
def test_a_csv_that_can_not_be_read(body: bytes, code: str, sentence: str) -> None:
    with pytest.raises(InvalidError) as caught:
        parse_upload(body, CSV)
    assert caught.value.code == code
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"b.png", "wrong_number_of_cells"),
        (b"b.png,cat,dog", "wrong_number_of_cells"),
        (b",cat", "name_missing"),
        (b"b.png,", "label_missing"),
        (b"b\0.png,cat", "bad_name"),
        (b"b.png,c\0at", "bad_label"),
        (b'"b.png"x,cat', "bad_csv"),
        (b'"b.png,cat', "bad_csv"),
    ],
)
def test_a_csv_line_that_makes_no_sense(line: bytes, code: str) -> None:
    problems = parse_upload(b"file_name,label\na.png,cat\n" + line, CSV).problems
    assert [(error.line, error.code) for error in problems] == [(3, code)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", "bad_json"),
        (b"[1]", "bad_json"),
        (b'"x"', "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"1" * 5000, "bad_json"),
        (b'{"label": "cat"}', "name_missing"),
        (b'{"file_name": "b.png"}', "label_missing"),
        (b'{"file_name": [7], "label": "cat"}', "bad_name"),
        (b'{"file_name": "\\ud800", "label": "cat"}', "bad_name"),
        (b'{"file_name": "b.png", "label": 3.5}', "bad_label"),
        (b'{"file_name": "b.png", "label": 0, "verdict": "wrong_unknown"}', "label_not_expected"),
        (b'{"file_name": "b.png", "verdict": "wrong"}', "label_missing"),
        (b'{"file_name": "b.png", "verdict": "withdrawn"}', "bad_verdict"),
        (b'{"file_name": "b.png", "label": "cat", "verdict": "unsure"}', "label_not_expected"),
        (b'{"file_name": "b.png", "verdict": ["correct"]}', "bad_verdict"),
        (b'{"file_name": "b.png", "verdict": "correct!"}', "bad_verdict"),
        (b'{"file_name": "b.png", "label": "cat", "verdict": "wrong_unknown"}', "label_not_expected"),
    ],
)
def test_a_json_line_that_makes_no_sense(line: bytes, code: str) -> None:
    problems = parse_upload(b'{"file_name": "a.png", "label": "cat"}\n' + line + b"\n", JSONL).problems
    assert [(error.line, error.code) for error in problems] == [(2, code)]


def test_every_bad_line_is_named() -> None:
    problems = parse_upload(b"file_name,label\n,cat\na.png,cat\nb.png,\n", CSV).problems
    assert [error.line for error in problems] == [2, 4]


def test_verdicts_without_a_class_take_no_label() -> None:
    lines = b"file_name,label,verdict\na.png,,unsure\nb.png,,unusable\nc.png,,wrong_unknown\n"
    rows = parse_upload(lines, CSV).rows
    assert [row.verdict for row in rows] == [Verdict.UNSURE, Verdict.UNUSABLE, Verdict.WRONG_UNKNOWN]


@pytest.mark.parametrize(
    ("file_format", "media_type"),
    [("csv", CSV), ("jsonl", JSONL), ("parquet", PARQUET), ("patch", JSONL)],
)
def test_our_exports_are_read_as_what_people_decided(file_format: str, media_type: str) -> None:
    upload = parse_upload(export(file_format)[0], media_type)
    decided = [image.row for image in IMAGES if image.row.verdict is not None]
    if file_format == "patch":
        decided = [row for row in decided if row.corrected_label != row.given_label]
    assert not upload.problems
    assert [(row.key, row.verdict, row.reviewers) for row in upload.rows] == [
        (row.file_name, row.verdict, tuple(row.reviewers)) for row in decided
    ]
    for row, expected in zip(upload.rows, decided, strict=True):
        assert row.label == (expected.corrected_label if row.verdict in SETTLING else None)
    assert any("nobody decided" in note for note in upload.notes)


def test_an_export_without_decisions_says_so() -> None:
    undecided = [image for image in IMAGES if image.row.verdict is None]
    with pytest.raises(InvalidError, match=r"no rows.* nobody decided"):
        parse_upload(export("csv", undecided)[0], CSV)


@pytest.mark.parametrize("names", [["A\0da"], ["\ud800"], ["A" * 201], [f"reviewer {n}" for n in range(101)]])
def test_reviewers_that_cannot_be_stored_are_refused(names: list[str]) -> None:
    row = {"file_name": "a.png", "label": "cat", "reviewers": names}
    (problem,) = parse_upload(json.dumps(row).encode(), JSONL).problems
    assert (problem.code, problem.line) == ("bad_reviewers", 1)
    assert problem.message.startswith("Name at most 100 reviewers")


def test_a_reviewer_who_is_named_twice_counts_once() -> None:
    row = {"file_name": "a.png", "label": "cat", "reviewers": ["Ada", "", "Bob", "Ada"]}
    assert parse_upload(json.dumps(row).encode(), JSONL).rows[0].reviewers == ("Ada", "Bob")


def test_a_column_that_our_export_has_twice_is_refused() -> None:
    body = b"file_name,given_label,corrected_label,verdict,verdict\na.png,cat,dog,wrong,correct\n"
    with pytest.raises(InvalidError, match="Duplicate column 'verdict'"):
        parse_upload(body, CSV)
