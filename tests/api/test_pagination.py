"""Cursors come back as they were, and nothing else is taken for one."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import InvalidError
from api.pagination import Cursor, Page, RowNumber

THINGS = Cursor("things", datetime, str)
NUMBERS = Cursor("numbers", RowNumber)

times = st.datetimes(timezones=st.just(UTC))


@given(times, st.text())
def test_a_cursor_comes_back_as_it_was(when: datetime, key: str) -> None:
    assert THINGS.read(THINGS.write(when, key)) == (when, key)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="cursor"):
        NUMBERS.read(text)


FORGED = [b"", b"[]", b"-1", b"{}", b"\xff", b'["numbers"]', b'["numbers","1"]', b'["numbers",1,2]']


@pytest.mark.parametrize("raw", [*FORGED, b'["numbers",true]', b'["numbers",-1]'])
def test_a_forged_cursor_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError):
        NUMBERS.read(base64.urlsafe_b64encode(raw).decode())


def test_another_lists_cursor_is_refused() -> None:
    with pytest.raises(InvalidError):
        NUMBERS.read(Cursor("others", int).write(1))


def test_a_number_that_no_database_has_is_refused() -> None:
    with pytest.raises(InvalidError):
        NUMBERS.read(Cursor("numbers", int).write(2**70))


@pytest.mark.parametrize(("num_rows", "shown", "more"), [(0, 0, False), (3, 3, False), (4, 3, True)])
def test_the_row_too_many_tells_of_another_page(num_rows: int, shown: int, more: bool) -> None:
    page = Page[str].build(range(num_rows), 3, str, NUMBERS.write)
    assert page.items == [str(row) for row in range(shown)]
    assert (page.next_cursor is not None) == more
    if page.next_cursor:
        assert NUMBERS.read(page.next_cursor) == (2,)
