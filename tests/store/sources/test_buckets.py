"""Buckets: only allowed endpoints are asked, with the keys of the source and no others."""

from collections.abc import Iterator

import httpx
import pytest

from store.settings import Settings
from store.sources.buckets import BucketFiles, Credentials, Place, browser_addresses, open_bucket
from store.sources.errors import ImageMissingError, SourceAddressError, SourceUnavailableError
from tests.buckets import KEYS, fill, s3_server
from tests.servers import free_port

FILES = {"animals/cat/a b.png": b"one", "animals/ö/100%.png": b"three", "other/x.png": b"x"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server with one bucket."""
    with s3_server() as endpoint:
        httpx.put(f"{endpoint}/photos").raise_for_status()
        fill(endpoint, "photos", FILES)
        yield endpoint


def open_at(endpoint: str, address: str = "s3://photos/animals", *, signs: bool = False) -> BucketFiles:
    place = Place(endpoint, "us-east-1")
    return open_bucket((endpoint,), address, place, Credentials(**KEYS), signs=signs)


def test_objects_are_listed_with_size_and_etag_and_read(endpoint: str) -> None:
    files = open_at(endpoint)
    files.require()
    listed = list(files.list_files())
    assert [(file.path, file.size) for file in listed] == [("cat/a b.png", 3), ("ö/100%.png", 5)]
    assert len({file.stamp for file in listed}) == 2
    assert [files.read(file.path) for file in listed] == [b"one", b"three"]
    assert files.read("ö/100%.png", 2) == b"th"
    assert files.sign("cat/a b.png") is None
    with pytest.raises(ImageMissingError, match=r"cat/no\.png is missing"):
        files.read("cat/no.png")
    fill(endpoint, "photos", {"animals/cat/a b.png": b"two"})
    assert next(files.list_files()).stamp != listed[0].stamp


def test_a_signed_address_needs_no_keys(endpoint: str) -> None:
    address = open_at(endpoint, signs=True).sign("ö/100%.png")
    assert address is not None
    assert address.startswith(f"{endpoint}/photos/animals/")
    assert KEYS["secret_access_key"] not in address
    assert httpx.get(address).content == b"three"


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///animals", "s3://user@photos", "s3://photos:80/x", "s3://photos?a=b"]
)
def test_addresses_that_are_no_bucket_are_refused(endpoint: str, address: str) -> None:
    with pytest.raises(SourceAddressError, match="no bucket"):
        open_at(endpoint, address)


def test_endpoints_that_are_not_allowed_are_never_asked(endpoint: str) -> None:
    place = Place("http://169.254.169.254", "us-east-1")
    with pytest.raises(SourceAddressError, match="MSLG_SOURCE_ENDPOINTS"):
        open_bucket((endpoint,), "s3://photos", place, Credentials(), signs=False)


def test_the_services_own_keys_are_not_used(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of-the-service")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-service")
    place = Place(endpoint, "us-east-1")
    public = open_bucket((endpoint,), "s3://photos", place, Credentials(), signs=True)
    assert public.sign("other/x.png") is None
    assert "of-the-service" not in str(open_at(endpoint, signs=True).sign("x"))


def test_what_cannot_be_read_is_explained(endpoint: str) -> None:
    with pytest.raises(SourceUnavailableError, match="there is no such bucket"):
        open_at(endpoint, "s3://nobody").require()
    with pytest.raises(SourceUnavailableError, match="nothing below this address"):
        open_at(endpoint, "s3://photos/empty").require()
    silent = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(SourceUnavailableError, match="endpoint does not answer"):
        open_at(silent).require()


@pytest.mark.parametrize("text", ["minio", "http://a/b", "file:///etc", "https://user@host"])
def test_settings_that_are_no_endpoints_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="MSLG_SOURCE_ENDPOINTS"):
        Settings(source_endpoints=text)


def test_endpoints_in_the_settings() -> None:
    hosts = Settings(source_endpoints="aws, https://minio.example.org:9000/").source_hosts
    assert hosts == ("aws", "https://minio.example.org:9000")
    assert browser_addresses(hosts) == ("https://*.amazonaws.com", "https://minio.example.org:9000")
