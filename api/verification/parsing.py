"""Parses uploads of verified labels, CSV or JSON lines. Errors name every bad line."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.errors import EmptyUploadError, InvalidError
from store.errors import BulkVerificationError, LineError
from store.models import Verdict
from store.verification.bulk_upload import KeyKind, UploadRow

CSV = "text/csv"
JSON_LINES = ("application/jsonl", "application/x-ndjson")
ACCEPTED = (CSV, *JSON_LINES)

KEYS = {"file_name": KeyKind.FILE_NAME, "id": KeyKind.EXTERNAL_ID}  # file_name takes precedence
ANSWERS = ("label", "verdict")
COLUMNS = (*KEYS, *ANSWERS)
VERDICTS = (Verdict.CORRECT, Verdict.WRONG, Verdict.WRONG_UNKNOWN)


def parse_upload(body: bytes, media_type: str) -> list[UploadRow]:
    """The rows of an upload. Lines count from 1, including the header of a CSV.

    Raises `EmptyUploadError`, `InvalidError` for a file that cannot be read at all, and
    `BulkVerificationError` with all bad lines.
    """
    text = _decode(body)
    if not text.strip():
        raise EmptyUploadError
    rows: list[UploadRow] = []
    errors: list[LineError] = []
    for line, record in _read_csv(text) if media_type == CSV else _read_json_lines(text):
        parsed = record if isinstance(record, LineError) else _row(line, record)
        if isinstance(parsed, LineError):
            errors.append(parsed)
        else:
            rows.append(parsed)
    if errors:
        raise BulkVerificationError(errors)
    if not rows:
        raise InvalidError("no_rows", "The file has a header but no rows.")
    return rows


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        message = "The file is not UTF-8 text: save it as UTF-8 and upload it again."
        raise InvalidError("not_utf8", message, [LineError(line, "not_utf8", message)]) from error


def _read_csv(text: str) -> Iterator[tuple[int, Mapping[str, Any] | LineError]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    first_line = 1
    try:
        for cells in reader:
            if header is None and cells:
                header = [cell.strip() for cell in cells]
                _check_header(header)
            elif header is not None and cells:
                yield first_line, _record(first_line, header, cells)
            first_line = reader.line_num + 1
    except csv.Error as error:
        yield first_line, LineError(first_line, "bad_csv", f"The line is not valid CSV: {error}.")


def _check_header(header: list[str]) -> None:
    problems = [f"unknown column {name!r}" for name in header if name not in COLUMNS]
    problems += [f"duplicate column {name!r}" for name in COLUMNS if header.count(name) > 1]
    if not any(name in header for name in ANSWERS):
        problems.append("missing column 'label' (or 'verdict')")
    if not any(name in header for name in KEYS):
        problems.append("missing column 'file_name' (or 'id')")
    if problems:
        message = f"The header must name file_name or id, and label or verdict: {', '.join(problems)}."
        raise InvalidError("bad_header", message, [LineError(1, "bad_header", message)])


def _record(line: int, header: list[str], cells: list[str]) -> Mapping[str, Any] | LineError:
    if len(cells) != len(header):
        message = f"The line has {len(cells)} cells, but the header has {len(header)}."
        return LineError(line, "wrong_number_of_cells", message)
    return dict(zip(header, cells, strict=True))


def _read_json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | LineError]]:
    for line, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw)
        except (ValueError, RecursionError):
            yield line, LineError(line, "bad_json", "The line is not valid JSON.")
            continue
        if not isinstance(record, dict):
            yield (
                line,
                LineError(
                    line, "bad_json", 'The line is not an object such as {"file_name": …, "label": …}.'
                ),
            )
            continue
        yield line, _known_fields(line, record)


def _known_fields(line: int, record: dict[str, Any]) -> Mapping[str, Any] | LineError:
    unknown = [name for name in record if name not in COLUMNS]
    if unknown:
        return LineError(
            line, "unknown_field", f"Unknown field {unknown[0]!r}: use file_name or id, and label or verdict."
        )
    return record


def _row(line: int, record: Mapping[str, Any]) -> UploadRow | LineError:
    record = {name: value for name, value in record.items() if value not in (None, "")}
    column = next((name for name in KEYS if name in record), None)
    if column is None:
        return LineError(line, "name_missing", "The line names no sample: fill in file_name or id.")
    key, label, verdict = record[column], record.get("label"), record.get("verdict")
    if not _is_text(key):
        return LineError(line, "bad_name", f"The {column} must be text without NUL characters.")
    if problem := _problem(label, verdict):
        return LineError(line, *problem, key)
    return UploadRow(line, KEYS[column], key, label, verdict=None if verdict is None else Verdict(verdict))


def _problem(label: object, verdict: object) -> tuple[str, str] | None:
    """Code and message if label and verdict (None if absent) do not go together; else None."""
    if label is not None and not _is_text(label):
        return "bad_label", "The label must be text: the name of a class."
    if verdict is not None and verdict not in VERDICTS:
        return (
            "bad_verdict",
            f"The verdict must be {', '.join(VERDICTS)} or empty. Others are for review only.",
        )
    if label is None and verdict in (None, Verdict.WRONG):
        return "label_missing", "The label is missing: fill it in, or use the verdict wrong_unknown."
    if label is not None and verdict == Verdict.WRONG_UNKNOWN:
        return (
            "label_not_expected",
            "The verdict wrong_unknown takes no label: use wrong with the right label.",
        )
    return None


def _is_text(value: object) -> bool:
    """Whether it is text that a database accepts: no NUL, no lone surrogates."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
