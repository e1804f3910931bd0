"""The error that a benchmark reports to its user."""

from mslg_core.errors import InputError


class BenchmarkError(InputError):
    """The benchmark cannot run with these options. The message tells the user what to change."""

    code = "benchmark"
