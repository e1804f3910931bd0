"""The OpenAPI document: FastAPI's, plus the schema of problems that routes refer to."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from api.schemas import Problem


def name_operation(route: APIRoute) -> str:
    """The operation id: the endpoint's name, such as `create_dataset`, which is short and stable."""
    return route.name


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, built on first use."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        app.openapi_schema = document
    return app.openapi_schema
