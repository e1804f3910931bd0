"""Parses uploads of verified labels with the reader of all tables. All bad lines are named."""

from typing import NamedTuple

from api.errors import EmptyUploadError, InvalidError
from mslg_core.datasets.tables.columns import LABEL, VERDICT
from mslg_core.datasets.tables.table import (
    MAX_LABEL_LENGTH,
    MAX_REVIEWERS,
    LabelRow,
    may_be_reviewers,
    read_table,
)
from mslg_core.errors import MetadataError
from mslg_core.problem import Problem
from mslg_rules.verdict import find_mismatch
from store.errors import LineError
from store.models import Verdict
from store.verification.bulk_upload import KeyKind, UploadRow

CSV = "text/csv"
# The name decides how `read_table` reads the body.
FILES = {
    CSV: "upload.csv",
    "text/tab-separated-values": "upload.tsv",
    "application/jsonl": "upload.jsonl",
    "application/x-ndjson": "upload.jsonl",
    "application/vnd.apache.parquet": "upload.parquet",
}
ACCEPTED = tuple(FILES)
BAD_REVIEWERS = (
    f"Name at most {MAX_REVIEWERS} reviewers, each in at most {MAX_LABEL_LENGTH} characters without NUL."
)


class Upload(NamedTuple):
    """The rows of an upload, the bad lines, and what was guessed, in sentences for the user."""

    rows: list[UploadRow]
    problems: list[LineError]
    notes: list[str]


def parse_upload(body: bytes, media_type: str) -> Upload:
    """The rows of an upload. Lines count from 1, including the header of a CSV.

    Raises `EmptyUploadError`, and `InvalidError` for a file that cannot be read at all.
    """
    if not body.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise EmptyUploadError
    try:
        table = read_table(FILES[media_type], body, (LABEL, VERDICT))
    except MetadataError as error:
        raise _unreadable(error) from error
    parsed = [_row(row) for row in table.rows]
    problems = [*table.problems, *(row for row in parsed if isinstance(row, Problem))]
    if not parsed and not problems:
        message = " ".join(["The file has a header but no rows.", *table.notes])
        raise InvalidError("no_rows", message)
    rows = [row for row in parsed if isinstance(row, UploadRow)]
    return Upload(rows, [_line_error(problem) for problem in problems], table.notes)


def _unreadable(error: MetadataError) -> InvalidError:
    code = error.problems[0].code if error.problems else "unreadable_table"
    return InvalidError(code, str(error), [LineError(1, code, str(error))])


def _line_error(problem: Problem) -> LineError:
    return LineError(problem.line or 1, problem.code, problem.message, problem.name)


def _row(row: LabelRow) -> UploadRow | Problem:
    kind = KeyKind.FILE_NAME if row.file_name else KeyKind.EXTERNAL_ID
    if (problem := find_mismatch(row.label, row.verdict)) is not None:
        return Problem(*problem, row.line, row.name)
    if not may_be_reviewers(row.reviewers):
        return Problem("bad_reviewers", BAD_REVIEWERS, row.line, row.name)
    verdict = None if row.verdict is None else Verdict(row.verdict)
    return UploadRow(row.line, kind, row.name, row.label, verdict=verdict, reviewers=row.reviewers)
