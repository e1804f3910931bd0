"""What a command tells its user instead of a traceback."""


class CommandError(Exception):
    """The command cannot be carried out; the message is a sentence that says what to do about it."""
