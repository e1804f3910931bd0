"""Bodies and queries that cannot be read are refused with a declared problem, by every operation."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from store.models import Dataset
from tests.api.support import check_problem

JSON = "application/json"
UNREADABLE = {
    "Latin-1": b'{"name": "caf\xe9"}',
    "cut off within a character": b'{"name": "caf\xc3"}',
    "an odd byte": b"\xff",
    "half of UTF-16": b"\xff\xfe{",
    "cut off": b'{"name": "a',
    "two documents": b"{}{}",
    "nested too deeply": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
}
REFUSED = {
    "no body": b"",
    "null": b"null",
    "a list": b"[]",
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate, encoded": b'{"name": "\xed\xa0\x80"}',
    "a lone surrogate in a field's name": b'{"\\ud800": "a"}',
    "a NUL in a field's name": b'{"\\u0000": "a"}',
    "not a number": b'{"\\u0000": NaN}',
    "infinity": b'{"\\u0000": -Infinity}',
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


def json_operations(document: dict[str, Any], dataset_id: str = "1") -> Iterator[tuple[str, str, set[str]]]:
    """Method, path with ids in place of its parameters, and declared statuses."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if JSON in operation.get("requestBody", {}).get("content", {}):
                parameters = [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]
                ids = dict.fromkeys(parameters, "1") | {"dataset_id": dataset_id}
                yield method, path.format_map(ids), set(operation["responses"])


@pytest.mark.parametrize("kind", UNREADABLE)
def test_no_operation_reads_a_malformed_body(app: FastAPI, client: TestClient, kind: str) -> None:
    operations = list(json_operations(app.openapi()))
    assert len(operations) >= 9
    for method, path, declared in operations:
        url = f"http://localhost{path}"
        response = client.request(method, url, content=UNREADABLE[kind], headers={"content-type": JSON})
        body = check_problem(response, 422, "invalid_request")
        assert [(error["name"], error["code"]) for error in body["errors"]] == [("body", "json_invalid")]
        assert "422" in declared


@pytest.mark.parametrize("kind", REFUSED)
def test_every_operation_refuses_what_makes_no_sense(
    app: FastAPI, client: TestClient, dataset: Dataset, kind: str
) -> None:
    for method, path, _ in json_operations(app.openapi(), dataset.id):
        url = f"http://localhost{path}"
        response = client.request(method, url, content=REFUSED[kind], headers={"content-type": JSON})
        check_problem(response, 422, "invalid_request")


def test_a_media_type_that_only_looks_like_json(client: TestClient) -> None:
    response = client.post("/datasets", content=b"{}", headers={"content-type": "application/jsonl"})
    check_problem(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_numbers_that_are_not_finite(client: TestClient, value: str) -> None:
    dataset = client.post("/datasets", json={"name": "animals"}).json()
    for method, path, content in (
        ("PATCH", f"/datasets/{dataset['id']}", f'{{"honeypot_rate": {value}}}'),
        ("PATCH", f"/datasets/{dataset['id']}", f'{{"overlap": {value}}}'),
        ("PUT", "/jobs/1/auto-accept", f'{{"max_error": {value}}}'),
        ("POST", "/jobs", f'{{"dataset_id": "1", "config": {{"learning_rate": {value}}}}}'),
        ("POST", "/jobs", f'{{"dataset_id": "1", "config": {{"seed": {value}}}}}'),
    ):
        response = client.request(method, path, content=content, headers={"content-type": JSON})
        check_problem(response, 422, "invalid_request")


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_no_database_stores(client: TestClient, text: str) -> None:
    content = json.dumps({"name": text})
    response = client.post("/datasets", content=content, headers={"content-type": JSON})
    check_problem(response, 422, "invalid_request")


@pytest.mark.parametrize("value", ["%FF", "%ED%A0%80", "caf%E9"])
def test_a_query_that_is_not_utf8(app: FastAPI, client: TestClient, value: str) -> None:
    """Whatever the parameter: a byte replaced in silence would name another reviewer, class or file."""
    operations = [
        (method, path, operation["parameters"])
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        if any(parameter["in"] == "query" for parameter in operation.get("parameters", []))
    ]
    assert len(operations) >= 10
    for method, path, parameters in operations:
        url = path.format_map({p["name"]: "1" for p in parameters if p["in"] == "path"})
        for name in (p["name"] for p in parameters if p["in"] == "query"):
            check_problem(client.request(method, f"http://localhost{url}?{name}={value}"), 422, "not_utf8")


def test_a_query_in_utf8_is_read(client: TestClient) -> None:
    dataset = client.post("/datasets", json={"name": "animals"}).json()
    response = client.put(f"/datasets/{dataset['id']}/archive?file_name=%C3%A9.zip", content=b"PK")
    assert response.json()["file_name"] == "é.zip"


@pytest.mark.parametrize("name", ["authorization", "cookie", "last-event-id", "if-none-match", "x-other"])
def test_headers_that_are_not_ascii(client: TestClient, name: str) -> None:
    for value in (b"\xff\xfe", "é".encode(), b"mslg_session=\xff"):
        headers = [(name.encode(), value)]
        check_problem(client.get("/jobs/1/events", headers=headers), 404, "not_found")
        check_problem(client.get("/samples/1/image", headers=headers), 404, "not_found")
