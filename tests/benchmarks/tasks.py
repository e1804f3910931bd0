"""Tasks for separate processes. They start fast because nothing here imports torch."""


def square(number: int) -> int:
    """The square.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError("no negative numbers")
    return number**2
