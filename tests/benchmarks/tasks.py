"""Tasks for processes of their own, which start quickly because nothing here imports torch."""


def square(number: int) -> int:
    """The square. Raises `ValueError` for a negative number."""
    if number < 0:
        raise ValueError("no negative numbers")
    return number**2
