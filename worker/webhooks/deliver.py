"""`webhooks.deliver`: sends one event to one webhook, once. The sweep sends the next attempt."""

import time
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

import structlog

from store.models import Delivery
from store.settings import get_settings
from store.webhooks import deliveries
from store.webhooks.addresses import parse_networks
from store.webhooks.deliveries import Answer, Message
from store.webhooks.signature import sign
from worker.app import task
from worker.claims import CancelledError, Claim, carry_out
from worker.resources import get_cipher
from worker.webhooks.post import post

log = structlog.get_logger(__name__)


@task("webhooks.deliver")
def run(delivery_id: str) -> None:
    """Send the delivery `delivery_id`."""
    carry_out(Delivery, delivery_id, deliver, title="The event cannot be delivered")


def deliver(claim: Claim[Delivery]) -> None:
    """Send it and store what came back. One to a webhook that was switched off meanwhile is cancelled."""
    with claim.reading() as session:
        message = deliveries.read_message(session, claim.id)
    if message is None:
        raise CancelledError
    answer = send(message, parse_networks(get_settings().webhook_networks))
    log.info("answered", event_id=message.id, status=answer.status)
    with claim.writing() as session:
        deliveries.store_answer(session, claim.id, claim.attempt, answer)


def send(message: Message, allowed: Sequence[IPv4Network | IPv6Network]) -> Answer:
    """Sign and send the message. Raises `SecretKeyError`."""
    secret = get_cipher().decrypt(message.secret)
    signature = sign(secret, message.id, int(time.time()), message.body)
    headers = {"content-type": "application/json", "user-agent": "MSLG-Webhooks", **signature}
    return post(message.url, headers, message.body, allowed)
