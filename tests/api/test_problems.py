"""Every error is a problem document, and every error class has its place in the table."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from api.errors import ApiError
from api.problems import TABLE
from store.errors import StoreError
from tests.api.support import check_problem


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


def all_subclasses(base: type[Exception]) -> Iterator[type[Exception]]:
    for subclass in base.__subclasses__():
        yield subclass
        yield from all_subclasses(subclass)


def test_every_error_class_has_a_status() -> None:
    classes = [*all_subclasses(StoreError), *all_subclasses(ApiError)]
    assert len(classes) > 20
    assert [cls for cls in classes if not any(base in TABLE for base in cls.__mro__)] == []


@pytest.mark.parametrize("path", ["nope", "datasets/", "../x", "datasets/a/b/c"])
def test_an_unknown_address(client: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        check_problem(client.request(method, f"http://localhost/api/{path}"), 404, "not_found")


def test_a_page_below_api_is_no_page_of_the_ui(client: TestClient) -> None:
    check_problem(client.get("/nope", headers={"accept": "text/html"}), 404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("POST", "/health"), ("PUT", "/datasets"), ("DELETE", "/jobs")])
def test_a_method_that_the_address_does_not_take(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    check_problem(response, 405, "method_not_allowed")
    assert response.headers["allow"]


def test_a_field_that_is_wrong_is_named(client: TestClient) -> None:
    body = check_problem(client.post("/datasets", json={"name": "  "}), 422, "invalid_request")
    assert [error["name"] for error in body["errors"]] == ["name"]


def test_a_field_that_does_not_exist_is_named(client: TestClient) -> None:
    body = check_problem(client.post("/datasets", json={"name": "a", "nmae": "b"}), 422, "invalid_request")
    assert [(error["name"], error["code"]) for error in body["errors"]] == [("nmae", "extra_forbidden")]


def test_a_field_that_is_missing_is_named(client: TestClient) -> None:
    body = check_problem(client.post("/datasets", json={}), 422, "invalid_request")
    assert body["errors"] == [{"name": "name", "code": "missing", "message": "Field required"}]


def test_a_body_that_is_not_json(client: TestClient) -> None:
    response = client.post("/datasets", content="{", headers={"content-type": "application/json"})
    body = check_problem(response, 422, "invalid_request")
    assert body["errors"][0]["name"] == "body"
    assert "character 1" in body["errors"][0]["message"]


def test_a_body_of_another_kind(client: TestClient) -> None:
    response = client.post("/datasets", content="name=x", headers={"content-type": "text/plain"})
    check_problem(response, 415, "unsupported_media_type")


def test_a_body_that_is_too_large(client: TestClient) -> None:
    check_problem(client.post("/datasets", json={"name": "x" * 2_000_000}), 413, "too_large")


def test_a_body_that_is_too_large_and_does_not_say_so(client: TestClient) -> None:
    chunks = (b'{"name": "' if i == 0 else b"x" * 100_000 for i in range(20))
    response = client.post("/datasets", content=chunks, headers={"content-type": "application/json"})
    check_problem(response, 413, "too_large")


def test_ids_that_make_no_sense(client: TestClient) -> None:
    check_problem(client.get("/datasets/nope"), 404, "not_found")
    check_problem(client.get("/datasets/%00"), 422, "invalid_request")
    check_problem(client.get("/samples/nope"), 422, "invalid_request")
    check_problem(client.get("/samples/99999999999999999999"), 422, "invalid_request")
    check_problem(client.get("/samples/999999999999999999"), 404, "not_found")


def test_an_unexpected_error_tells_nothing(app: FastAPI, client: TestClient) -> None:
    def fail() -> None:
        raise RuntimeError("secret")

    app.add_api_route("/fail", fail)
    response = client.get("http://localhost/fail")
    check_problem(response, 500, "internal_error")
    assert "secret" not in response.text


def test_a_database_that_does_not_answer(app: FastAPI, client: TestClient) -> None:
    def fail() -> None:
        raise OperationalError("SELECT", {}, Exception("secret"))

    app.add_api_route("/fail", fail)
    response = client.get("http://localhost/fail")
    check_problem(response, 503, "unavailable")
    assert response.headers["retry-after"] == "5"
    assert "secret" not in response.text
