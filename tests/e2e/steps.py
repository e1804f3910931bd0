"""Steps shared by several tests: setup over REST, everything under test by keyboard."""

import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from cli.demo.data import DemoData, make_demo_data

WAIT_SECONDS = 120
Truth = Mapping[str, str]
"""True class by file name."""


def truth_of(data: DemoData) -> Truth:
    """The true classes, from which simulated reviewers answer."""
    return dict(zip(data.file_names, (str(label) for label in data.true.tolist()), strict=True))


def wait_for(client: httpx.Client, address: str, field: str, wanted: str) -> dict[str, Any]:
    """The object at the address, once its field has the given value."""
    until = time.monotonic() + WAIT_SECONDS
    while (found := client.get(address).raise_for_status().json())[field] != wanted:
        assert found[field] != "failed", found
        assert time.monotonic() < until, f"{address} is still {found[field]}"
        time.sleep(0.2)
    assert isinstance(found, dict)
    return found


def upload_digits(client: httpx.Client, folder: Path) -> tuple[str, Truth]:
    """Upload all digits; returns the dataset id and the true classes."""
    data = make_demo_data()
    data.write_zip(folder / "digits.zip")
    dataset = client.post("/datasets", json={"name": "Digits"}).raise_for_status().json()["id"]
    archive = (folder / "digits.zip").read_bytes()
    address = f"/datasets/{dataset}/archive"
    client.put(address, params={"file_name": "digits.zip"}, content=archive).raise_for_status()
    wait_for(client, f"/datasets/{dataset}", "status", "ready")
    return dataset, truth_of(data)


def sign(page: Page, name: str) -> None:
    """Name the browser's reviewer."""
    page.goto("/")
    page.get_by_label("Reviewer").fill(name)
    page.get_by_label("Reviewer").press("Enter")


def run_job(client: httpx.Client, dataset: str) -> str:
    """Verify the demo's 100 samples and run a job; returns its id."""
    headers = {"Content-Type": "text/csv"}
    verified = make_demo_data().verified_csv()
    address = f"/datasets/{dataset}/verifications"
    client.post(address, content=verified, headers=headers).raise_for_status()
    job = client.post("/jobs", json={"dataset_id": dataset}).raise_for_status().json()["id"]
    wait_for(client, f"/jobs/{job}", "status", "succeeded")
    return str(job)


def shown(page: Page) -> Locator:
    """The image that is shown."""
    return page.get_by_role("img", name=re.compile("^Sample "))


def shown_name(page: Page) -> str:
    """Its file name."""
    alt = shown(page).get_attribute("alt")
    assert alt
    return alt.removeprefix("Sample ")


def answer(page: Page, truth: Truth) -> str:
    """Decide on the shown image by keyboard; returns its file name."""
    name = shown_name(page)
    given, true = name.split("/")[0], truth[name]
    if true == given:
        page.keyboard.press("a")
    else:
        page.keyboard.press("/")
        expect(page.get_by_role("combobox", name="Search class")).to_be_focused()
        page.keyboard.type(true)
        page.keyboard.press("Enter")
    expect(page.get_by_alt_text(f"Sample {name}", exact=True)).to_have_count(0)
    return name


def tab_to(page: Page, reached: Callable[[], bool], limit: int = 400) -> None:
    """Press Tab until `reached` is true."""
    for _ in range(limit):
        if reached():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"target not reached after {limit} tabs on {page.url}")


def press_by_keyboard(page: Page, role: Any, name: str) -> None:
    """Move to a control with Tab and press Enter."""
    control = page.get_by_role(role, name=name, exact=True).first
    expect(control).to_be_visible()
    expect(control).to_be_enabled()
    tab_to(page, lambda: bool(control.evaluate("element => element === document.activeElement")))
    page.keyboard.press("Enter")


def saved(page: Page) -> None:
    """Wait until every decision is saved."""
    expect(page.get_by_text("All saved")).to_be_visible()


def settled_label(client: httpx.Client, sample: str) -> str | None:
    """Settled label of a sample."""
    label: str | None = client.get(f"/samples/{sample}").json()["settled_label"]
    return label
