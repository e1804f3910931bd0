"""Receivers verify deliveries with the libraries of Standard Webhooks."""

import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from store.webhooks.signature import new_secret, sign

BODY = '{"type":"ping","data":{"dataset_name":"Vögel 🦉"}}'.encode()


def test_the_published_library_accepts_a_signature() -> None:
    secret = new_secret()
    headers = sign(secret, "message", int(time.time()), BODY)
    assert Webhook(secret).verify(BODY, headers)["type"] == "ping"


@pytest.mark.parametrize("change", ["secret", "body", "id", "time"])
def test_it_refuses_what_was_changed(change: str) -> None:
    secret, now = new_secret(), int(time.time())
    headers = sign(secret, "message", now, BODY)
    if change == "id":
        headers["webhook-id"] = "other"
    if change == "time":
        headers |= sign(secret, "message", now - 600, BODY)
    verifier = Webhook(new_secret() if change == "secret" else secret)
    with pytest.raises(WebhookVerificationError):
        verifier.verify(BODY + b" " if change == "body" else BODY, headers)
