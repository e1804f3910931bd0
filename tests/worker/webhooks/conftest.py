"""A receiver on the loopback address, which the settings allow."""

from collections.abc import Iterator

import pytest

from store.settings import Settings
from tests.receiver import Receiver, running_receiver


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings that let webhooks send to this machine."""
    return settings.model_copy(update={"webhook_networks": "127.0.0.0/8"})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that accepts everything."""
    with running_receiver() as receiver:
        yield receiver
