"""What a benchmark tells its user instead of a traceback."""

from mslg_core.errors import InputError


class BenchmarkError(InputError):
    """The benchmark cannot be run as asked; the message says what to do about it."""

    code = "benchmark"
