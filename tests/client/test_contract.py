"""What the client sends and reads exists in the service's OpenAPI document."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from mslg_client.datasets import Changes, Dataset, Decision, Verdict, Verified
from mslg_client.jobs import ExportFormat, ExportPart, Job, LeaveOut
from mslg_client.resource import Resource
from mslg_client.results import ResultFilter
from mslg_client.service import PREFIX

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = json.loads((ROOT / "frontend" / "openapi.json").read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
SENDERS = ("call", "send", "_call")
READERS = {"stream": "GET", "pages": "GET"}
TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Method, path and call expression of every request in the client's source."""
    for path in sorted((ROOT / "client" / "mslg_client").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            texts = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
            if node.func.attr in READERS and texts and texts[0].startswith("/"):
                yield READERS[node.func.attr], texts[0], node
            elif node.func.attr in SENDERS and len(texts) > 1:
                yield texts[0], texts[1], node


CALLS = list(calls())


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][f"{PREFIX}{path}"][method.lower()]
    return found


def properties(schema: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMAS[schema]["properties"]
    return found


@pytest.mark.parametrize(("method", "path", "call"), CALLS, ids=[f"{m} {p}" for m, p, _ in CALLS])
def test_every_request_exists_with_its_fields(method: str, path: str, call: ast.Call) -> None:
    described = operation(method, path)
    sent = {keyword.arg: keyword.value for keyword in call.keywords}
    known = {parameter["name"] for parameter in described.get("parameters", [])}
    assert _keys(sent.get("params")) <= known
    assert _keys(sent.get("ids")) <= known
    if "json" in sent:
        body = described["requestBody"]["content"]["application/json"]["schema"]
        assert _keys(sent["json"]) <= properties(body["$ref"].rpartition("/")[2]).keys()


def test_the_requests_were_found() -> None:
    assert len(CALLS) > 15


def _keys(node: ast.expr | None) -> set[str]:
    """The literal keys of a dict expression, also inside those that it is made of."""
    found = (
        [
            key.value
            for each in ast.walk(node)
            if isinstance(each, ast.Dict)
            for key in each.keys
            if isinstance(key, ast.Constant)
        ]
        if node is not None
        else []
    )
    return {key for key in found if isinstance(key, str)}


@pytest.mark.parametrize("resource", [Dataset, Job])
def test_the_attributes_are_fields_of_the_answer(resource: type[Resource]) -> None:
    described = properties(resource.SCHEMA)
    for name, hint in resource.fields().items():
        _check(hint, described[name], f"{resource.SCHEMA}.{name}")


@pytest.mark.parametrize(
    ("fields", "schema"),
    [(Verified, "UploadOutcome"), (Changes, "Changes"), (Decision, "BatchItem")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_records_have_fields_of_their_schema(fields: type, schema: str) -> None:
    assert get_type_hints(fields).keys() <= properties(schema).keys()


def test_the_choices_are_those_of_the_service() -> None:
    assert set(get_args(Verdict)) == set(SCHEMAS["Verdict"]["enum"])
    assert set(get_args(LeaveOut)) == set(SCHEMAS["LeaveOut"]["enum"])
    assert set(get_args(ExportPart)) == set(SCHEMAS["ExportPart"]["enum"])
    assert set(get_args(ExportFormat)) == set(SCHEMAS["ExportFormat"]["enum"])


def test_the_filter_is_that_of_the_results() -> None:
    parameters = operation("GET", "/jobs/{job_id}/results")["parameters"]
    known = {parameter["name"] for parameter in parameters} - {"job_id", "cursor", "limit"}
    assert set(get_type_hints(ResultFilter)) == known


def test_bodies_that_are_made_in_steps_are_those_of_the_service() -> None:
    assert {"dataset_id", "name", "config", "parent_id"} <= properties("JobCreate").keys()
    assert {"reviewer", "job_id", "items"} <= properties("VerificationBatch").keys()
    assert {"format", "leave_out", "omit"} <= properties("ExportCreate").keys()
    assert {"on_existing"} <= properties("AdditionCreate").keys()


def _check(hint: Any, schema: dict[str, Any], where: str) -> None:
    """Whether a type of Python fits a schema of JSON."""
    if get_origin(hint) is UnionType:
        (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
        (schema,) = (each for each in schema["anyOf"] if each != {"type": "null"})
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if get_origin(hint) is Literal:
        assert set(get_args(hint)) == set(schema["enum"]), where
    elif hint.__name__ == "datetime":
        assert schema["format"] == "date-time", where
    else:
        kind = TYPES[get_origin(hint) or hint]
        assert kind == schema.get("type") or (kind == "object" and "oneOf" in schema), where
