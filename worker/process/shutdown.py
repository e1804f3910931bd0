"""How a worker that is asked to stop gets there in time, whatever it was doing.

Celery interrupts the children of its pool by a signal whose handler raises `SystemExit`. That can happen in
the middle of compiled code, which may turn it into an error of its own or swallow it; only the fact that the
handler ran is certain. And the pool may wait for ever for a lock that an interrupted child has taken along.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

from billiard.common import terminate_handler_fired

# How long a worker that is asked to stop lets its work finish before it gives it back.
GIVE_BACK_SECONDS = 2.0

# When it ends at the latest: before whoever asked loses patience (Docker after 10 seconds).
END_SECONDS = 8.0


def exit_if_stopped() -> None:
    """Raise `SystemExit` when this child of a worker was asked to stop."""
    if terminate_handler_fired():
        raise SystemExit


def end_in_time(**_: object) -> None:
    """From now on, end this process within `END_SECONDS` of a SIGTERM, come what may.

    Its children end with it, and what they have not given back by then is queued again when its lease ends.
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
