"""The Grafana dashboard asks for metrics that exist, by labels that they have."""

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.settings import Settings
from store.statistics import counters
from store.statistics.counters import Key
from tests.api.support import SQLITE_ONLY

pytestmark = SQLITE_ONLY

DASHBOARD = Path(__file__).parents[2] / "deploy/grafana-dashboard.json"
NAME = re.compile(r"\bmslg_\w+")
GROUPED = re.compile(r"by \(([^)]*)\) \((.*?mslg_\w+)")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with metrics."""
    return settings.model_copy(update={"metrics_token": SecretStr("token")})


@pytest.fixture
def exported(app: FastAPI, engine: Engine) -> dict[str, set[str]]:
    """The labels of each metric of a service that has done something."""
    with session_scope(engine) as session:
        counters.add(
            session, {Key(counters.TASKS_ENDED, "job/failed"): 1, Key(counters.LEASES_LOST, "job"): 1}
        )
        for histogram in (counters.TASK_SECONDS, counters.EPOCH_SECONDS):
            counters.add(session, counters.observe(histogram, "job", 1))
    with TestClient(app, base_url="http://localhost") as client:
        client.get("/healthz")
        text = client.get("/metrics", headers={"authorization": "Bearer token"}).text
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_query_names_what_exists(exported: dict[str, set[str]]) -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    named = {name for query in queries for name in NAME.findall(query)}
    assert named <= set(exported)
    for query in queries:
        for labels, inner in GROUPED.findall(query):
            (name,) = NAME.findall(inner)
            assert {label.strip() for label in labels.split(",")} <= exported[name], query


def test_every_metric_is_shown(exported: dict[str, set[str]]) -> None:
    text = DASHBOARD.read_text()
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in exported}
    assert {name for name in families if name not in text} == set()
