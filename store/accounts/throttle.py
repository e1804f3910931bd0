"""Limits attempts to sign in, before any password is checked.

Counts in the memory of one process: with n API processes, n times as many attempts pass, and a restart
forgets them. That still makes guessing hopeless, and needs no write per attempt.
"""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock

from store.accounts.errors import TooManyAttemptsError
from store.accounts.names import name_key
from store.accounts.secrets import hash_secret

WINDOW_SECONDS = 300.0
PER_NAME, PER_ADDRESS = 10, 50
MAX_KEYS = 10_000


class Throttle:
    """Attempts per name and per address in the last five minutes. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._attempts: dict[str, deque[float]] = {}

    def attempt(self, *, name: str | None, address: str) -> None:
        """Count an attempt. Raises `TooManyAttemptsError`, which counts nothing."""
        limits = {f"address {address}": PER_ADDRESS}
        if name is not None:
            limits[_of_name(name)] = PER_NAME
        with self._lock:
            now = self._clock()
            self._forget_old(now, limits)
            waits = [self._wait(key, limit, now) for key, limit in limits.items()]
            if max(waits) > 0:
                raise TooManyAttemptsError(math.ceil(max(waits)))
            for key in limits:
                self._attempts.setdefault(key, deque()).append(now)

    def succeeded(self, name: str) -> None:
        """Forget the attempts by this name."""
        with self._lock:
            self._attempts.pop(_of_name(name), None)

    def _wait(self, key: str, limit: int, now: float) -> float:
        """Seconds until the next attempt is allowed."""
        times = self._attempts.get(key, deque())
        return times[-limit] + WINDOW_SECONDS - now if len(times) >= limit else 0.0

    def _forget_old(self, now: float, keys: Iterable[str]) -> None:
        """Drop attempts before the window: of `keys`, or of all when there are many."""
        for key in list(self._attempts if len(self._attempts) > MAX_KEYS else keys):
            times = self._attempts.get(key, deque())
            while times and times[0] <= now - WINDOW_SECONDS:
                times.popleft()
            if not times:
                self._attempts.pop(key, None)


def _of_name(name: str) -> str:
    return f"name {hash_secret(name_key(name))}"  # of fixed length, whatever is sent
