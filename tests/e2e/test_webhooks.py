"""A manager adds a webhook, pings it, sees what a job sends, delivers again, switches off and deletes."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from cli.demo.data import make_demo_data
from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import upload_digits
from tests.receiver import Receiver, running_receiver

CSV = {"content-type": "text/csv"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that accepts everything."""
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _own_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSLG_WEBHOOK_NETWORKS", "127.0.0.0/8")


def test_a_webhook_from_its_secret_to_its_end(
    visit: Visit, client: httpx.Client, receiver: Receiver, tmp_path: Path
) -> None:
    dataset, _ = upload_digits(client, tmp_path)
    page = visit.page
    page.goto(f"/datasets/{dataset}/team")
    panel = page.get_by_role("region", name="Webhooks")
    panel.get_by_label("Address").fill(receiver.url)
    panel.get_by_label("Job cancelled").check()
    panel.get_by_role("button", name="Add").click()
    expect(panel.get_by_role("status")).to_contain_text("not shown again")
    secret = panel.get_by_role("status").locator("code").inner_text()
    panel.get_by_role("button", name="Ping").click()
    expect(panel.get_by_text("Delivered")).to_be_visible()
    expect(panel.get_by_text("thank you")).to_be_visible()
    request = receiver.received[0]
    assert Webhook(secret).verify(request.body, request.headers)["type"] == "ping"

    verified = make_demo_data().verified_csv()
    client.post(f"/datasets/{dataset}/verifications", content=verified, headers=CSV).raise_for_status()
    job = client.post("/jobs", json={"dataset_id": dataset}).raise_for_status().json()["id"]
    client.post(f"/jobs/{job}/cancel")
    expect(panel.get_by_role("cell", name="Job cancelled", exact=True)).to_be_visible(timeout=60_000)
    expect(panel.get_by_text("Delivered", exact=True)).to_have_count(2)
    assert receiver.received[1].content["data"]["job_id"] == job
    assert_accessible(page)

    panel.get_by_role("button", name="Deliver again: Job cancelled").click()
    expect(panel.get_by_text("Delivered", exact=True)).to_have_count(3)
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert len(ids) == 3
    assert ids[1] == ids[2]
    panel.get_by_role("button", name="Switch off").click()
    expect(panel.get_by_text("Off", exact=True)).to_be_visible()
    panel.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete permanently").click()
    expect(panel.get_by_role("listitem")).to_have_count(0)
