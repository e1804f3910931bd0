"""A process that must not outlive the one that started it."""

import os
import threading
import time

POLL_SECONDS = 0.5


def exit_with_parent(parent_pid: int) -> None:
    """From now on, end this process within a second of the end of `parent_pid`, its parent.

    Polling works on every Unix, also when the parent was killed, and from any thread; Linux's parent-death
    signal follows the *thread* that forked. No clean-up runs: whoever loses their parent in mid-work is like
    a killed process, which the claims in the database are made for.
    """
    threading.Thread(target=_history, args=(parent_pid,), name="exit-with-parent", daemon=True).start()


def _history(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(POLL_SECONDS)
    os._exit(1)
