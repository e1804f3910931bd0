"""The code of the page on webhooks verifies what the service sends."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store.models import EventType
from store.webhooks.signature import new_secret, sign

PAGE = Path(__file__).parents[2] / "docs/how-to/receive-events.md"
BODY = '{"type":"ping","data":{"dataset_name":"Vögel"}}'.encode()


@pytest.fixture
def verify() -> Callable[..., None]:
    """The function on the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own page
    function: Callable[..., None] = names["verify"]
    return function


def test_it_accepts_what_the_service_sends(verify: Callable[..., None]) -> None:
    secret = new_secret()
    verify(secret, sign(secret, "event", int(time.time()), BODY), BODY)


def test_it_refuses_everything_else(verify: Callable[..., None]) -> None:
    secret, now = new_secret(), int(time.time())
    headers = sign(secret, "event", now, BODY)
    with pytest.raises(ValueError, match="wrong signature"):
        verify(new_secret(), headers, BODY)
    with pytest.raises(ValueError, match="wrong signature"):
        verify(secret, headers, BODY + b" ")
    with pytest.raises(ValueError, match="wrong signature"):
        verify(secret, headers | {"webhook-id": "other"}, BODY)
    with pytest.raises(ValueError, match="too old"):
        verify(secret, sign(secret, "event", now - 301, BODY), BODY)


def test_it_names_every_event() -> None:
    named = set(re.findall(r"`([a-z_.]+)`", PAGE.read_text("utf-8")))
    assert set(EventType) <= named
