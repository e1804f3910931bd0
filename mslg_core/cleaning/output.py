"""Writes what a run of `mslg clean` found to the export table."""

from collections.abc import Collection, Sequence
from pathlib import Path

from mslg_core import errors
from mslg_core.cleaning.inputs import Labels
from mslg_core.exports.metadata_columns import MetadataColumn
from mslg_core.exports.table import ExportRow, SoftLabel, TableFormat, open_writer
from mslg_core.images.training_set import Indices
from mslg_core.issues.find import Issues
from mslg_core.ranking.result import CleaningResult
from mslg_rules.corrected_label import Correction, correct
from mslg_rules.leave_out import Candidate, LeaveOut, find_left_out
from mslg_rules.selection import Selection

ROWS_PER_BATCH = 10_000


def check_output(out: Path) -> None:
    """Refuse an unusable output path before the training starts. Raises `ConfigError`."""
    _table_format(out)
    if not out.parent.is_dir():
        raise errors.ConfigError(f"{out}: the folder {out.parent} does not exist.")


def _table_format(out: Path) -> str:
    suffix = out.suffix.lower()
    if suffix[1:] not in set(TableFormat):
        raise errors.ConfigError(f"{out.name}: the output must be a .csv, .jsonl or .parquet file.")
    return suffix[1:]


def write_output(  # noqa: PLR0913, PLR0917 - what a run found, and what is written of it
    out: Path,
    table: Labels,
    order: Indices,
    result: CleaningResult,
    issues: Issues,
    leave_out: Collection[LeaveOut],
) -> None:
    """Write to a temporary file and rename it, so that an interrupted run leaves no partial table."""
    rows = _make_rows(table, order, result, issues)
    left_out = find_left_out(_list_candidates(table, rows), leave_out)
    kept = [row for number, row in enumerate(rows) if number not in left_out]
    partial = out.with_name(out.name + ".partial")
    columns = _metadata_columns(kept)
    with partial.open("wb") as file, open_writer(_table_format(out), file, table.classes, columns) as writer:
        for start in range(0, len(kept), ROWS_PER_BATCH):
            writer.write(kept[start : start + ROWS_PER_BATCH])
    partial.replace(out)


def _make_rows(table: Labels, order: Indices, result: CleaningResult, issues: Issues) -> list[ExportRow]:
    """One row per row of the labels. order int64 [N]: their row numbers by sample."""
    sample = {number: index for index, number in enumerate(order.tolist())}
    listed = issues.by_sample()
    rows = [_export_row(table, number, sample.get(number), result) for number in range(table.num_given)]
    for number, index in sample.items():
        if number >= table.num_given:
            continue
        kinds, group = listed.get(index, ((), None))
        rows[number] = rows[number]._replace(issues=kinds, duplicate_group=group)
    return [_with_user_columns(row, table, number) for number, row in enumerate(rows)]


def _with_user_columns(row: ExportRow, table: Labels, number: int) -> ExportRow:
    """The row with what the user's tables say of it, and what is verified."""
    known, verdict = table.rows[number], table.verdict(number)
    is_settled = verdict is not None and verdict.settles
    selection = table.selections.get(number, Selection.RANDOM) if is_settled else None
    metadata = dict(known.metadata.items())
    return row._replace(source_split=known.split, metadata=metadata, verdict=verdict, selection=selection)


def _metadata_columns(rows: Sequence[ExportRow]) -> list[MetadataColumn]:
    """The columns of the user's tables, as text, in the order of their first values."""
    return list(map(MetadataColumn, dict.fromkeys(name for row in rows for name in row.metadata)))


def _list_candidates(table: Labels, rows: Sequence[ExportRow]) -> dict[int, Candidate]:
    """The rows that may be left out, by number. Labelled images without a rank cannot be read."""
    return {
        number: Candidate(
            row.issues,
            row.duplicate_group,
            is_settled=number in table.verified,
            is_unusable=row.rank is None and row.given_label is not None,
        )
        for number, row in enumerate(rows)
        if row.issues or row.rank is None
    }


def _export_row(table: Labels, number: int, sample: int | None, result: CleaningResult) -> ExportRow:
    row = table.rows[number]
    if sample is None or row.label is None:
        corrected, by = _correct(table, number, None)
        return ExportRow(
            row.external_id, row.file_name, row.label, None, None, False, None, None, corrected, by
        )
    suggestion = table.classes[int(result.suggestion[sample])]
    flagged = bool(result.is_label_issue[sample])
    accepted = suggestion if flagged and result.summary.auto_accept else None
    corrected, by = _correct(table, number, accepted)
    return ExportRow(
        id=row.external_id,
        file_name=row.file_name,
        given_label=row.label,
        predicted_label=suggestion,
        label_score=float(result.label_score[sample]),
        is_label_issue=flagged,
        rank=int(result.rank[sample]),
        soft_label=_soft_label(table, sample, result),
        corrected_label=corrected,
        corrected_by=by,
    )


def _soft_label(table: Labels, sample: int, result: CleaningResult) -> SoftLabel:
    probabilities: list[float] = result.soft_labels[sample].tolist()
    if result.soft_label_classes is None:
        return probabilities
    names = [table.classes[index] for index in result.soft_label_classes[sample].tolist()]
    return dict(zip(names, probabilities, strict=True))


def _correct(table: Labels, number: int, accepted: str | None) -> Correction[str]:
    return correct(
        table.rows[number].label,
        accepted=accepted,
        verdict=table.verdict(number),
        settled=table.verified.get(number),
    )
