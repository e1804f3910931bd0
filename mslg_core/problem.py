"""One thing that is wrong with what a user brings; an `InputError` may list several."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong. line: in a file, counted from 1. name: of the file, image or class."""

    code: str
    message: str
    line: int | None = None
    name: str | None = None
