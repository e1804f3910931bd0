"""The OpenAPI document has everything a client generator needs."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

import mslg_core.reports
from api.auth.rules import PUBLIC
from api.problems import MEDIA_TYPE

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here."""
    return sqlite_url


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    """The document."""
    return app.openapi()


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """Method, path and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_operations_have_readable_ids_tags_and_summaries(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids)) >= 30
    assert {"create_dataset", "upload_archive", "create_job", "list_results"} <= set(ids)
    for _, path, operation in operations(document):
        assert path.startswith("/api/v1/")
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}
        assert operation["summary"]
        assert operation["description"]


def test_every_parameter_and_field_is_described(document: dict[str, Any]) -> None:
    bare = [
        f"{method} {path} {parameter['name']}"
        for method, path, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    bare += [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if not hasattr(mslg_core.reports, name)  # the trainer describes its own
        for field, described in schema.get("properties", {}).items()
        if not described.get("description") and field != "method"
    ]
    assert bare == []


def test_errors_are_declared_as_problems(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"422", "500", "503"} <= statuses
        if "{" in path:
            assert "404" in statuses, path
        if f"{method.upper()} {path.removeprefix('/api/v1')}" not in PUBLIC:
            assert "401" in statuses, path
        if method != "get":
            assert "403" in statuses, path
        if "requestBody" in operation:
            assert {"413", "415"} <= statuses or path.endswith(
                ("/archive", "/verified-images", "/additions")
            ), path
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == [MEDIA_TYPE]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_bodies_that_are_no_json_are_declared(document: dict[str, Any]) -> None:
    paths = document["paths"]
    archive = paths["/api/v1/datasets/{dataset_id}/archive"]["put"]["requestBody"]["content"]
    assert archive["application/zip"]["schema"] == {"type": "string", "format": "binary"}
    image = paths["/api/v1/samples/{sample_id}/image"]["get"]["responses"]["200"]["content"]
    assert list(image) == ["image/*"]
    file = paths["/api/v1/exports/{export_id}/file"]["get"]["responses"]["200"]["content"]
    kinds = ("text/csv", "application/jsonl", "application/vnd.apache.parquet", "application/x-tar")
    assert list(file) == [*kinds, "application/zip"]
    events = paths["/api/v1/jobs/{job_id}/events"]["get"]["responses"]["200"]["content"]
    assert list(events) == ["text/event-stream"]


def test_no_body_takes_fields_that_do_not_exist(document: dict[str, Any]) -> None:
    bodies = {
        media["schema"]["$ref"].rpartition("/")[2]
        for _, _, operation in operations(document)
        for kind, media in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    }
    assert len(bodies) >= 9
    schemas = document["components"]["schemas"]
    assert [name for name in bodies if schemas[name].get("additionalProperties") is not False] == []


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (value for key, value in node.items() if key == "$ref")
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def test_the_api_starts_without_torch() -> None:
    code = "import sys, api.app; sys.exit('torch' in sys.modules or 'worker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
