"""Lists, after the tests, which tool in which version has read which format."""

import pytest

READ = pytest.StashKey[list[tuple[str, str, int]]]()
"""Format, tool with its version, and number of images."""


def pytest_configure(config: pytest.Config) -> None:
    """Begin with an empty list."""
    config.stash[READ] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the list."""
    for file_format, tool, number in terminalreporter.config.stash[READ]:
        terminalreporter.write_line(f"{file_format}: {number:,} images read by {tool}")
