"""The metadata of samples as stored: by number of the column, within limits."""

from collections.abc import Sequence

from mslg_core.datasets.archives.metadata import Metadata
from mslg_core.datasets.archives.paths import show_name
from mslg_core.datasets.tables.table import is_storable
from mslg_rules.metadata import MAX_COLUMNS, MAX_NAME_LENGTH, MAX_VALUE_LENGTH

MAX_NAMED = 8


class MetadataCells:
    """Numbers columns as they come, and counts what is cut. names: the columns that the dataset has."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = list(names)
        self._numbers = {name: number for number, name in enumerate(names)}
        self._found: dict[str, None] = {}
        self._dropped: dict[str, None] = {}
        self._num_cut = self._num_unstorable = 0

    def values(self, metadata: Metadata) -> list[str | None] | None:
        """The values by number of the column; None if there are none."""
        values: list[str | None] = []
        for name, value in metadata.items():
            number = self._number(name)
            if number is None or not self._is_kept(value):
                continue
            values += [None] * (number + 1 - len(values))
            values[number] = value[:MAX_VALUE_LENGTH]
        return values or None

    def _number(self, name: str) -> int | None:
        """The number of the column; None if it is not kept."""
        self._found.setdefault(name)
        number = self._numbers.get(name)
        if number is not None:
            return number
        if len(self.names) >= MAX_COLUMNS or len(name) > MAX_NAME_LENGTH or not is_storable(name):
            self._dropped.setdefault(name)
            return None
        self.names.append(name)
        return self._numbers.setdefault(name, len(self.names) - 1)

    def _is_kept(self, value: str) -> bool:
        if not is_storable(value):
            self._num_unstorable += 1
            return False
        self._num_cut += len(value) > MAX_VALUE_LENGTH
        return True

    def notes(self) -> list[str]:
        """What was kept and what was cut, in sentences."""
        kept = [name for name in self._found if name in self._numbers]
        sentences = [f"Kept as metadata: {_listed(kept)}."] if kept else []
        if self._dropped:
            sentences.append(
                f"Not kept: {_listed(list(self._dropped))}. A dataset keeps {MAX_COLUMNS} columns of "
                f"metadata, with names of up to {MAX_NAME_LENGTH} characters."
            )
        if self._num_cut:
            sentences.append(
                f"{self._num_cut:,} values of metadata are longer than {MAX_VALUE_LENGTH:,} characters and "
                "are cut there."
            )
        if self._num_unstorable:
            sentences.append(
                f"{self._num_unstorable:,} values of metadata contain characters that cannot be stored, such "
                "as NUL, and are left out."
            )
        return sentences


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    return ", ".join(repr(show_name(name)) for name in names[:MAX_NAMED]) + more
