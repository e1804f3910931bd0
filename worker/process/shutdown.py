"""Stops a worker in time, whatever it is doing.

Celery interrupts the children of its pool by a signal whose handler raises `SystemExit`. Inside compiled
code, this exception may be swallowed or turned into another error; only the fact that the handler ran is
certain. The pool may also wait forever for a lock that an interrupted child still holds.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from billiard.common import terminate_handler_fired

# How long a worker that is told to stop lets its task finish before it releases the claim.
GIVE_BACK_SECONDS = 2.0

# When it ends at the latest. Docker kills it after 10 seconds.
END_SECONDS = 8.0


def exit_if_stopped() -> None:
    """Raise `SystemExit` if this child of a worker was told to stop."""
    if terminate_handler_fired():
        raise SystemExit


def end_in_time(**_: object) -> None:
    """From now on, end this process within `END_SECONDS` of a SIGTERM, in any case.

    Its children end with it. Tasks that they have not released by then are re-queued when their leases end.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if callable(handler):
        signal.signal(signal.SIGTERM, _bounded(handler))


def _bounded(handler: Callable[[int, FrameType | None], object]) -> Callable[[int, FrameType | None], None]:
    def bounded(number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(END_SECONDS, os._exit, args=[0])
        timer.daemon = True
        timer.start()
        handler(number, frame)

    return bounded
