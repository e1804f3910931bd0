"""Attempts to sign in are limited per name and per address."""

import pytest

from store.accounts.errors import TooManyAttemptsError
from store.accounts.throttle import MAX_KEYS, PER_ADDRESS, PER_NAME, WINDOW_SECONDS, Throttle


class Clock:
    """Seconds that the test chooses."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_by_name_from_whatever_address() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for n in range(PER_NAME):
        throttle.attempt(name="ada", address=str(n))
    with pytest.raises(TooManyAttemptsError) as refused:
        throttle.attempt(name="ADA", address="new")
    assert refused.value.retry_after == WINDOW_SECONDS
    throttle.attempt(name="bob", address="new")
    clock.now = WINDOW_SECONDS
    throttle.attempt(name="ada", address="new")


def test_by_address_whatever_the_name() -> None:
    throttle = Throttle(Clock())
    for n in range(PER_ADDRESS):
        throttle.attempt(name=str(n), address="a")
    with pytest.raises(TooManyAttemptsError):
        throttle.attempt(name=None, address="a")
    throttle.attempt(name=None, address="b")


def test_success_clears_the_name() -> None:
    throttle = Throttle(Clock())
    for _ in range(PER_NAME * 2):
        throttle.attempt(name="ada", address="a")
        throttle.succeeded("Ada")


def test_old_attempts_take_no_memory() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for n in range(MAX_KEYS):
        throttle.attempt(name=None, address=str(n))
    clock.now = WINDOW_SECONDS
    throttle.attempt(name="ada", address="a")
    throttle.attempt(name="ada", address="a")
    assert len(throttle._attempts) == 2
