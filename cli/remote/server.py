"""The service that `--server` names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cli.errors import CommandError

if TYPE_CHECKING:
    from mslg_client import Client


class Server(NamedTuple):
    """Its address, None if none was named, and a token."""

    url: str | None = None
    token: str | None = None

    @contextmanager
    def connect(self) -> "Iterator[Client]":
        """A client of it. Raises `CommandError`, also for what goes wrong in the block."""
        from mslg_client import Client, MslgError

        if self.url is None:
            raise CommandError("This command runs on a service: name it, as in mslg --server URL datasets.")
        try:
            with Client(self.url, self.token) as client:
                yield client
        except MslgError as error:
            raise CommandError(str(error)) from error
