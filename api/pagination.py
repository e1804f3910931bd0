"""Keyset pagination: a cursor is the sort key of the last item seen, made opaque and checked on return."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from api.errors import InvalidError

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_CURSOR_LENGTH = 500

Item = TypeVar("Item")
Row = TypeVar("Row")

RowNumber = Annotated[int, Field(ge=0, lt=2**63)]
"""A key that any database can compare with."""

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items on a page.")]
CursorParameter = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR_LENGTH, description="`next_cursor` of the page before; none for the first."),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(description="The items, in the list's order.")
    next_cursor: str | None = Field(
        description="Pass it as `cursor` for the next page; null on the last one."
    )

    @classmethod
    def build(
        cls, rows: Sequence[Row], limit: int, item: Callable[[Row], Item], cursor: Callable[[Row], str]
    ) -> Self:
        """A page out of up to `limit + 1` rows: the one too many only tells that another page follows."""
        shown = rows[:limit]
        next_cursor = cursor(shown[-1]) if len(rows) > limit else None
        return cls(items=[item(row) for row in shown], next_cursor=next_cursor)


class Cursor:
    """Writes and reads the cursors of one list, whose sort key has the types of `key`.

    The list's `name` is in the cursor, so that one list's cursor is refused by another.
    """

    def __init__(self, name: str, *key: Any) -> None:
        self._name = name
        types: Any = tuple.__class_getitem__((str, *key))
        self._key: TypeAdapter[tuple[Any, ...]] = TypeAdapter(types)

    def write(self, *values: int | str | datetime) -> str:
        """The opaque text for the sort key `values`."""
        return base64.urlsafe_b64encode(self._key.dump_json((self._name, *values))).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, ...]:
        """The sort key inside. Raises `InvalidError` for anything that this list did not write."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            name, *values = self._key.validate_json(raw, strict=True)
        except (ValueError, binascii.Error, ValidationError, json.JSONDecodeError) as error:
            raise _bad_cursor() from error
        if name != self._name:
            raise _bad_cursor()
        return tuple(values)


def _bad_cursor() -> InvalidError:
    message = "This cursor does not come from this list: start again without one."
    return InvalidError.of_field("cursor", "invalid_cursor", message)
