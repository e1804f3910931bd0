"""Ends a process together with its parent."""

import os
import threading
import time

POLL_SECONDS = 0.5


def exit_with_parent(parent_pid: int) -> None:
    """From now on, end this process within a second of the end of `parent_pid`, its parent.

    Polling works on every Unix, from any thread, and if the parent was killed; Linux's parent-death signal
    follows the *thread* that forked. No clean-up runs: the process ends as if it had been killed, and the
    sweep re-queues its task.
    """
    threading.Thread(target=_poll_parent, args=(parent_pid,), name="exit-with-parent", daemon=True).start()


def _poll_parent(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(POLL_SECONDS)
    os._exit(1)
