"""Errors that a command reports without a traceback."""


class CommandError(Exception):
    """The command failed; the message tells the user what to do."""
