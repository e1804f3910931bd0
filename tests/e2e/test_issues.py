"""Duplicates, bad images, similar images and the map, on a job whose issues are known."""

import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from store.database.engine import make_engine, session_scope
from store.infrastructure.blobs import open_blobs
from store.models import Dataset
from tests.e2e.axe import assert_accessible
from tests.e2e.conftest import Visit
from tests.e2e.steps import saved, settled_label, sign, wait_for
from tests.factories import make_image
from tests.issues import make_job_with_issues

CLASSES = ("cat", "dog", "fox")
SAMPLES = 12


@dataclass(frozen=True)
class Job:
    """A finished job and its samples' ids by position."""

    id: str
    samples: list[str]


def archive() -> bytes:
    """Twelve images, the classes in turn."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for number in range(SAMPLES):
            file.writestr(f"{CLASSES[number % 3]}/{number:02d}.png", make_image(number))
    return buffer.getvalue()


@pytest.fixture
def job(client: httpx.Client, tmp_path: Path) -> Job:
    """A job with issues, see `make_job_with_issues`."""
    dataset = client.post("/datasets", json={"name": "Animals"}).raise_for_status().json()["id"]
    address = f"/datasets/{dataset}/archive"
    client.put(address, params={"file_name": "a.zip"}, content=archive()).raise_for_status()
    wait_for(client, f"/datasets/{dataset}", "status", "ready")
    data = tmp_path / "data"
    engine = make_engine(f"sqlite:///{data}/mslg.sqlite3")
    with session_scope(engine) as session:
        row = session.get(Dataset, dataset)
        assert row
    found = make_job_with_issues(engine, open_blobs(f"file://{data}/blobs"), row)
    engine.dispose()
    columns = client.get(f"/jobs/{found.id}/columns").raise_for_status().json()
    return Job(found.id, sorted(columns["sample_ids"], key=int))


def verdict(client: httpx.Client, sample: str) -> str | None:
    """The active verdict."""
    found: str | None = client.get(f"/samples/{sample}").raise_for_status().json()["verdict"]
    return found


def shown_samples(grid: Locator) -> list[str | None]:
    """Ids of the tiles, in order."""
    return [tile.get_attribute("data-sample") for tile in grid.locator("[data-sample]").all()]


def test_a_group_of_duplicates_is_settled_by_one_key_or_click(
    visit: Visit, client: httpx.Client, job: Job
) -> None:
    page, twins = visit.page, job.samples[:2]
    page.goto(f"/jobs/{job.id}/duplicates")
    first = page.get_by_role("group", name=re.compile("Group 1:"))
    expect(first.get_by_role("heading")).to_contain_text("Labels disagree")
    first.focus()
    page.keyboard.press("2")  # the second class
    saved(page)
    assert [settled_label(client, sample) for sample in twins] == ["dog", "dog"]
    expect(first.get_by_role("heading")).to_contain_text("✓ dog")
    expect(page.get_by_role("group", name=re.compile("Group 2:"))).to_be_focused()
    page.keyboard.press("Backspace")
    saved(page)
    assert [settled_label(client, sample) for sample in twins] == [None, None]
    first.get_by_role("button", name="cat").click()
    saved(page)
    assert [settled_label(client, sample) for sample in twins] == ["cat", "cat"]
    page.get_by_label("Labels", exact=True).select_option(label="Labels disagree (1)")
    expect(page.get_by_role("group", name=re.compile("^Group"))).to_have_count(1)


def test_bad_images_are_a_grid_with_the_same_keys(visit: Visit, client: httpx.Client, job: Job) -> None:
    page = visit.page
    page.goto(f"/jobs/{job.id}/grid")
    page.get_by_role("link", name="Bad images 3").click()
    expect(page.get_by_role("button", name="Dark 3", pressed=True)).to_be_visible()
    grid = page.get_by_role("grid")
    expect(grid.locator("[data-sample]")).to_have_count(3)
    assert shown_samples(grid) == [job.samples[at] for at in (5, 4, 2)]
    page.keyboard.press("Control+a")
    page.keyboard.press("x")
    saved(page)
    assert {verdict(client, job.samples[at]) for at in (5, 4, 2)} == {"unusable"}
    page.get_by_role("link", name="Outliers 0").click()
    expect(page.get_by_text("No image has this issue")).to_be_visible()


def test_an_export_leaves_out_duplicates(visit: Visit, job: Job, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"/jobs/{job.id}?tab=accept")
    page.get_by_label("duplicates, except one of each group").check()
    page.get_by_role("button", name="Export CSV").click()
    row = page.get_by_role("list", name="Exports").get_by_role("listitem")
    expect(row).to_contain_text("without duplicates")
    with page.expect_download() as event:
        row.get_by_role("link", name="Download CSV").click()
    event.value.save_as(tmp_path / "kept.csv")
    assert len((tmp_path / "kept.csv").read_text().splitlines()) == 1 + SAMPLES - 3


def test_a_dataset_leaves_for_another_tool(visit: Visit, job: Job, tmp_path: Path) -> None:
    page = visit.page
    page.goto(f"/jobs/{job.id}?tab=accept")
    page.get_by_label("For another tool").select_option("Hugging Face imagefolder")
    page.get_by_role("button", name="Export", exact=True).click()
    row = page.get_by_role("list", name="Exports").get_by_role("listitem")
    with page.expect_download() as event:
        row.get_by_role("link", name="Download Hugging Face imagefolder").click()
    event.value.save_as(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as file:
        lines = file.read("train/metadata.jsonl").decode().splitlines()
        assert len(lines) == SAMPLES
        assert all(file.read(f"train/{json.loads(line)['file_name']}") for line in lines)


def test_all_images_like_one_open_from_the_grid(visit: Visit, job: Job) -> None:
    page = visit.page
    page.goto(f"/jobs/{job.id}/grid")
    grid = page.get_by_role("grid")
    expect(grid.locator("[data-sample]")).to_have_count(SAMPLES)
    page.keyboard.press("ArrowRight")
    focused = shown_samples(grid)[1]
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile(f"/selection\\?like={focused}$"))
    expect(page.get_by_role("grid").get_by_text("this image")).to_be_visible()
    samples = shown_samples(page.get_by_role("grid"))
    assert len(samples) == SAMPLES
    assert samples[0] == focused
    at = job.samples.index(focused or "")
    assert samples[1] in (job.samples[at - 1], job.samples[(at + 1) % SAMPLES])


def map_of(page: Page, job: Job) -> tuple[Locator, Any]:
    """The map and its place on the screen."""
    page.goto(f"/jobs/{job.id}/map")
    canvas = page.get_by_role("application", name=f"Map of {SAMPLES} images")
    expect(canvas).to_be_visible()
    return canvas, canvas.bounding_box()


def place_of(box: Any, share: float) -> tuple[float, float]:
    """Where a sample lies on the diagonal; the whole map takes 95 % of the shorter side."""
    side = 0.95 * min(box["width"], box["height"])
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return x + (share - 0.5) * side, y - (share - 0.5) * side


def test_a_lasso_on_the_map_opens_what_it_holds(visit: Visit, job: Job) -> None:
    page = visit.page
    _, box = map_of(page, job)
    x, y = place_of(box, 0)  # the first sample, and the second within the lasso
    page.mouse.move(x, y)
    expect(page.locator(f"img[src*='/samples/{job.samples[0]}/']")).to_be_visible()
    page.get_by_role("button", name="Lasso").click()
    page.mouse.move(x - 8, y + 8)
    page.mouse.down()
    for across, down in ((-8, -80), (80, -80), (80, 8)):
        page.mouse.move(x + across, y + down, steps=4)
    page.mouse.up()
    expect(page.get_by_text("2 images selected")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/selection\\?area="))
    grid = page.get_by_role("grid")
    expect(grid.locator("[data-sample]")).to_have_count(2)
    assert set(shown_samples(grid)) == set(job.samples[:2])
    page.reload()
    expect(page.get_by_role("grid").locator("[data-sample]")).to_have_count(2)


def test_the_map_works_by_keyboard(visit: Visit, client: httpx.Client, job: Job) -> None:
    page = visit.page
    map_of(page, job)
    page.get_by_label("Colour").select_option(label="Suggestion")
    legend = page.get_by_role("region", name="Legend")
    legend.get_by_role("button", name=re.compile("^cat")).click()
    page.keyboard.press("v")
    expect(page.get_by_text(f"{SAMPLES} images selected")).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(5):
        page.keyboard.press("+")
    expect(page.get_by_role("status").filter(has_text="At the centre: given")).to_be_attached()
    page.keyboard.press("v")
    expect(page.get_by_role("region", name="Selection")).not_to_contain_text(f"{SAMPLES} images")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/selection\\?suggested=cat&area="))
    expect(page.get_by_role("grid").locator("[data-sample]").first).to_be_visible()
    page.keyboard.press("a")
    saved(page)
    verdicts = [verdict(client, sample) for sample in job.samples]
    assert verdicts.count("correct") == 1


WHOLE_MAP = "-1.-1.2.-1.2.2.-1.2"


@pytest.mark.parametrize(
    ("address", "conflicts"),
    [
        ("duplicates", 2),
        ("bad-images", 1),
        ("selection?like={sample}", 1),
        (f"selection?area={WHOLE_MAP}", 1),
    ],
)
def test_two_people_who_disagree_on_issues_are_asked(
    visit: Visit, other: Page, job: Job, address: str, conflicts: int
) -> None:
    ann, ben = visit.page, other
    for page, name in ((ann, "Ann"), (ben, "Ben")):
        sign(page, name)
        page.goto(f"/jobs/{job.id}/{address.format(sample=job.samples[0])}")
        first = page.get_by_role("group", name=re.compile("Group 1:")).or_(page.locator("[data-sample]"))
        first.first.click()
    ben.keyboard.press("x")
    saved(ben)
    ann.keyboard.press("a")
    notice = ann.get_by_role("alert")
    expect(notice).to_contain_text(f"{conflicts} image{'s' * (conflicts > 1)} decided otherwise meanwhile")
    saved(ann)
    assert len(visit.problems) == 1, visit.problems  # the browser's log entry for the refused batch
    assert "409" in visit.problems.pop()
    notice.get_by_role("button", name="Compare answers").click()
    row = ann.get_by_role("list", name="Conflicts").get_by_role("listitem").first
    row.get_by_role("button", name="Use mine").click()
    saved(ann)


PAGES = ("duplicates", "outliers", "bad-images", "map", "grid", "review", "selection?like={sample}")


def test_every_page_of_issues_meets_the_accessibility_guidelines(visit: Visit, job: Job) -> None:
    scheme: Any
    for scheme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=scheme)
        for name in PAGES:
            visit.page.goto(f"/jobs/{job.id}/{name.format(sample=job.samples[0])}")
            visit.page.wait_for_load_state("networkidle")
            assert_accessible(visit.page)
