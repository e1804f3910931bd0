"""Webhooks over HTTP: who may manage them, what is shown, what is refused."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from store.database.engine import session_scope
from store.models import Dataset, Delivery, EventType, Webhook
from store.outbox.record import record_event
from store.webhooks.manage import MAX_WEBHOOKS
from tests.api.support import Sent, check_problem

URL = "https://example.org/hook"


def create(client: TestClient, dataset: Dataset, **fields: Any) -> dict[str, Any]:
    body = {"url": URL, "events": ["job.succeeded"], **fields}
    response = client.post(f"/datasets/{dataset.id}/webhooks", json=body)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created


def address(dataset: Dataset, webhook: dict[str, Any]) -> str:
    return f"/datasets/{dataset.id}/webhooks/{webhook['id']}"


def test_the_secret_is_shown_once(client: TestClient, dataset: Dataset) -> None:
    created = create(client, dataset, events=["job.succeeded", "export.ready", "job.succeeded"])
    assert created.pop("secret").startswith("whsec_")
    assert created["events"] == ["job.succeeded", "export.ready"]
    assert client.get(f"/datasets/{dataset.id}/webhooks").json() == {"items": [created]}


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "ftp://example.org", "http://169.254.169.254/"])
def test_an_address_that_is_not_public_is_refused(client: TestClient, dataset: Dataset, url: str) -> None:
    body = {"url": url, "events": ["ping"]}
    check_problem(client.post(f"/datasets/{dataset.id}/webhooks", json=body), 422, "bad_webhook_url")
    created = create(client, dataset)
    check_problem(client.patch(address(dataset, created), json={"url": url}), 422, "bad_webhook_url")


@pytest.mark.parametrize("events", [[], ["job.exploded"], "ping"])
def test_unknown_events_are_refused(client: TestClient, dataset: Dataset, events: Any) -> None:
    body = {"url": URL, "events": events}
    check_problem(client.post(f"/datasets/{dataset.id}/webhooks", json=body), 422, "invalid_request")


def test_a_webhook_is_changed_and_switched_off_and_on(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    created = create(client, dataset)
    change = {"url": "https://example.org/other", "events": ["dataset.ready"], "is_active": False}
    changed = client.patch(address(dataset, created), json=change).json()
    assert {name: changed[name] for name in change} == change
    with session_scope(engine) as session:
        session.get_one(Webhook, created["id"]).notice = "Switched off after 5 days."
    changed = client.patch(address(dataset, created), json={"is_active": True}).json()
    assert (changed["is_active"], changed["notice"]) == (True, "")
    assert changed["url"] == change["url"]


def test_a_webhook_is_deleted_with_its_log(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    created = create(client, dataset)
    client.post(f"{address(dataset, created)}/ping")
    assert client.delete(address(dataset, created)).status_code == 204
    assert client.get(f"/datasets/{dataset.id}/webhooks").json() == {"items": []}
    check_problem(client.delete(address(dataset, created)), 404, "not_found")
    with session_scope(engine, read_only=True) as session:
        assert session.query(Delivery).count() == 0


def test_a_ping_is_sent_and_logged(client: TestClient, dataset: Dataset, sent: Sent) -> None:
    created = create(client, dataset)
    pinged = client.post(f"{address(dataset, created)}/ping")
    assert pinged.status_code == 202
    assert sent == [("webhooks.deliver", pinged.json()["id"])]
    log = client.get(f"{address(dataset, created)}/deliveries").json()
    assert log["items"] == [pinged.json()]
    assert (log["items"][0]["event_type"], log["items"][0]["status"]) == ("ping", "queued")


def test_a_delivery_is_made_again(client: TestClient, dataset: Dataset, sent: Sent) -> None:
    hook = address(dataset, create(client, dataset))
    first = client.post(f"{hook}/ping").json()
    again = client.post(f"{hook}/deliveries/{first['id']}/redelivery")
    assert again.status_code == 202
    assert again.json()["event_id"] == first["event_id"]
    assert again.json()["id"] != first["id"]
    assert sent[-1] == ("webhooks.deliver", again.json()["id"])
    other = address(dataset, create(client, dataset))
    check_problem(client.post(f"{other}/deliveries/{first['id']}/redelivery"), 404, "not_found")


def test_nothing_is_sent_to_one_that_is_off(client: TestClient, dataset: Dataset, sent: Sent) -> None:
    hook = address(dataset, create(client, dataset))
    client.patch(hook, json={"is_active": False})
    check_problem(client.post(f"{hook}/ping"), 409, "webhook_off")
    assert sent == []


def test_the_log_has_pages(client: TestClient, engine: Engine, dataset: Dataset) -> None:
    hook = address(dataset, create(client, dataset))
    with session_scope(engine) as session:
        for number in range(5):
            data = {"number": number}
            record_event(session, dataset.id, EventType.JOB_SUCCEEDED, lambda data=data: data)  # type: ignore[misc]
    page = client.get(f"{hook}/deliveries", params={"limit": 3}).json()
    rest = client.get(f"{hook}/deliveries", params={"limit": 3, "cursor": page["next_cursor"]}).json()
    found = [one["data"]["number"] for one in page["items"] + rest["items"]]
    assert found == [4, 3, 2, 1, 0]
    assert rest["next_cursor"] is None


def test_a_dataset_has_a_limited_number_of_webhooks(client: TestClient, dataset: Dataset) -> None:
    for _ in range(MAX_WEBHOOKS):
        create(client, dataset)
    body = {"url": URL, "events": ["ping"]}
    check_problem(client.post(f"/datasets/{dataset.id}/webhooks", json=body), 409, "too_many_webhooks")


def test_webhooks_of_another_dataset_are_not_found(
    client: TestClient, engine: Engine, dataset: Dataset
) -> None:
    created = create(client, dataset)
    with session_scope(engine) as session:
        other = Dataset(name="other")
        session.add(other)
    check_problem(client.patch(address(other, created), json={}), 404, "not_found")
    check_problem(client.get(f"{address(other, created)}/deliveries"), 404, "not_found")
    check_problem(client.get("/datasets/none/webhooks"), 404, "not_found")
