"""What a table says of an image besides its name, id and label. Importable without torch."""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from sys import intern
from typing import Any, NamedTuple

# Longer values rarely repeat.
MAX_SHARED = 100


class Metadata(NamedTuple):
    """Cells by the names of their columns; None: the cell is empty. All images of a table share `names`."""

    names: tuple[str, ...] = ()
    cells: tuple[str | None, ...] = ()

    def items(self) -> Iterator[tuple[str, str]]:
        """(name, value) of the filled cells. Of several columns with one name, the first that is filled."""
        seen: set[str] = set()
        for name, cell in zip(self.names, self.cells, strict=True):
            if cell is not None and name not in seen:
                seen.add(name)
                yield name, cell


NO_METADATA = Metadata()


def make_metadata(names: tuple[str, ...], cells: Sequence[object]) -> Metadata:
    """The metadata of one row. Repeated values share memory."""
    return Metadata(names, tuple(map(cell_text, cells))) if names else NO_METADATA


def cell_text(cell: object) -> str | None:
    """The cell as text, as written; None if it is empty. Lists and objects become JSON."""
    if cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        return intern(cell) if len(cell) <= MAX_SHARED else cell
    return _to_text(cell)


def cell_texts(cell: object) -> tuple[str, ...]:
    """The texts in a list, or in a JSON array as text, each once; nothing if it is neither."""
    listed = cell
    if isinstance(cell, str):
        try:
            listed = json.loads(cell)
        except (ValueError, RecursionError):
            return ()
    texts = (one for one in listed if one and isinstance(one, str)) if isinstance(listed, list) else ()
    return tuple(dict.fromkeys(texts))


def _to_text(cell: object) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="microseconds")
    if isinstance(cell, date | int | float):
        return str(cell)
    if isinstance(cell, bytes):
        return None
    return json.dumps(cell, ensure_ascii=False, default=_as_json)


def _as_json(value: Any) -> str:
    return "" if isinstance(value, bytes) else str(value)
