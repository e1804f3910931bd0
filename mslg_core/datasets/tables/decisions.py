"""What people decided, from our own exports: the export table, and patches. Importable without torch.

There `corrected_label` is also filled where nobody decided. So only rows with a verdict are read, as those of
a table of verified labels.
"""

from mslg_core.datasets.tables.columns import FILE_NAME, ID, LABEL, VERDICT
from mslg_core.datasets.tables.records import Cells, Records
from mslg_core.problem import Problem
from mslg_rules.verdict import OPEN

REVIEWERS = "reviewers"
COLUMNS = (FILE_NAME, ID, LABEL, VERDICT, REVIEWERS)
MARKS = frozenset({FILE_NAME, "given_label", "corrected_label", VERDICT})


def decided_only(records: Records) -> Records:
    """The decisions in one of our exports; any other table as it is."""
    is_ours = MARKS.issubset(records.header) and len(set(records.header)) == len(records.header)
    if not is_ours:
        return records
    rows = list(records.rows)
    decided = [row for row in rows if isinstance(row, Problem) or _cells(row[1], records)[VERDICT]]
    kept = [row if isinstance(row, Problem) else (row[0], _decision(row[1], records)) for row in decided]
    left_out = len(rows) - len(kept)
    note = [f"{left_out:,} rows are left out: nobody decided about their images."] if left_out else []
    return Records(COLUMNS, kept, [*records.notes, *note])


def _cells(cells: Cells, records: Records) -> dict[str, object]:
    return dict(zip(records.header, cells, strict=True))


def _decision(cells: Cells, records: Records) -> list[object]:
    fields = _cells(cells, records)
    label = None if fields[VERDICT] in OPEN else fields["corrected_label"]
    return [{**fields, LABEL: label}.get(column) for column in COLUMNS]
