"""Keyset pagination: a cursor is the encoded sort key of the last item of a page."""

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
"""An integer key within the range of every database."""

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Maximum number of items per page.")]
CursorParameter = Annotated[
    str | None,
    Query(
        max_length=MAX_CURSOR_LENGTH,
        description="`next_cursor` of the previous page; omit it for the first page.",
    ),
]


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item] = Field(description="The items, in the list's order.")
    next_cursor: str | None = Field(
        description="Pass it as `cursor` to get the next page; null on the last page."
    )

    @classmethod
    def build(
        cls, rows: Sequence[Row], limit: int, item: Callable[[Row], Item], cursor: Callable[[Row], str]
    ) -> Self:
        """A page from up to `limit + 1` rows. The extra row only shows that another page follows."""
        shown = rows[:limit]
        next_cursor = cursor(shown[-1]) if len(rows) > limit else None
        return cls(items=[item(row) for row in shown], next_cursor=next_cursor)


class Cursor:
    """Encodes and decodes the cursors of one list, whose sort key has the types `key`.

    A cursor contains the `name` of its list, so other lists refuse it.
    """

    def __init__(self, name: str, *key: Any) -> None:
        self._name = name
        types: Any = tuple.__class_getitem__((str, *key))
        self._key: TypeAdapter[tuple[Any, ...]] = TypeAdapter(types)

    def write(self, *values: int | str | datetime) -> str:
        """Encode the sort key `values`."""
        return base64.urlsafe_b64encode(self._key.dump_json((self._name, *values))).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[Any, ...]:
        """Decode the sort key. Raises `InvalidError` for anything but a cursor of this list."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            name, *values = self._key.validate_json(raw, strict=True)
        except (ValueError, binascii.Error, ValidationError, json.JSONDecodeError) as error:
            raise _bad_cursor() from error
        if name != self._name:
            raise _bad_cursor()
        return tuple(values)


def _bad_cursor() -> InvalidError:
    message = "This cursor is not from this list: start again without a cursor."
    return InvalidError.of_field("cursor", "invalid_cursor", message)
