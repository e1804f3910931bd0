"""A service, and handwritten digits of which some are mislabelled."""

from collections.abc import Iterator

import pytest

from mslg_client import Client, Job
from tests.digits import Digits, write_digits
from tests.serving import serving


@pytest.fixture(scope="session")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service, one for the session."""
    with serving(tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture
def client(service_url: str) -> Iterator[Client]:
    """A client of the service."""
    with Client(service_url) as client:
        yield client


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Digits:
    """600 digits as files."""
    return write_digits(tmp_path_factory.mktemp("digits"), 600)


@pytest.fixture(scope="session")
def cleaned(service_url: str, digits: Digits) -> Iterator[Job]:
    """A job that has succeeded. Tests of its dataset decide about nothing."""
    with Client(service_url) as client:
        dataset = client.datasets.create("digits").upload(digits.folder)
        dataset.verify(digits.verified)
        yield dataset.clean("first").wait()
