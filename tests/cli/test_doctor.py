"""`mslg doctor` on whole and on broken services."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

import migrations
from cli import doctor
from cli.doctor import Finding, diagnose
from mslg_cli import app
from store.database.columns import utc_now
from store.database.engine import make_engine, session_scope
from store.infrastructure.blobs import open_blobs
from store.models import Dataset, Job, SampleCount
from store.settings import Settings, get_settings
from tests.factories import make_dataset


def faults(settings: Settings) -> dict[str, Finding]:
    """The findings with a remedy, by check."""
    return {finding.check: finding for finding in diagnose(settings) if finding.remedy}


def test_a_whole_service_has_no_fault(settings: Settings) -> None:
    found = list(diagnose(settings))
    assert [finding for finding in found if finding.remedy] == []
    assert {finding.check for finding in found} == set(doctor.CHECKS)


def test_an_old_schema_is_upgraded_by_migrate(settings: Settings, empty_database_url: str) -> None:
    migrations.upgrade(empty_database_url, "0011")
    old = settings.model_copy(update={"database_url": empty_database_url})
    assert "run `mslg migrate`" in (faults(old)["database"].remedy or "")


def test_a_database_that_does_not_answer(settings: Settings) -> None:
    broken = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    assert {"database", "counts"} <= faults(broken).keys()


def test_a_broker_that_does_not_answer(settings: Settings) -> None:
    broken = settings.model_copy(update={"broker_url": "redis://127.0.0.1:1/0"})
    assert "MSLG_BROKER_URL" in (faults(broken)["broker"].remedy or "")


def test_blobs_that_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    broken = settings.model_copy(update={"blob_url": (tmp_path / "file" / "blobs").as_uri()})
    assert "MSLG_BLOB_URL" in (faults(broken)["blobs"].remedy or "")


def test_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_FREE_BYTES", 1 << 60)
    assert "Free some space" in (faults(settings)["disk"].remedy or "")


def test_wrong_counts_and_waiting_tasks(settings: Settings) -> None:
    engine = make_engine(settings.resolved_database_url)
    with session_scope(engine) as session:
        dataset = make_dataset(session, open_blobs(settings.resolved_blob_url))
        session.execute(update(Dataset).values(num_samples=99))
        session.execute(update(SampleCount).values(num=SampleCount.num + 1))
        session.add(Job(dataset_id=dataset.id, config={}, created_at=utc_now() - timedelta(hours=1)))
    engine.dispose()
    details = [finding.detail for finding in diagnose(settings) if finding.check == "counts"]
    assert details == [
        "datasets with a wrong count: animals",
        f"datasets and jobs whose kept counts are wrong: {dataset.id}",
        "tasks queued for more than ten minutes: 1",
    ]
    assert "counts" in faults(settings)


def test_the_command_fails_if_there_is_a_fault(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MSLG_DATABASE_URL", settings.resolved_database_url)
    monkeypatch.setenv("MSLG_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    whole = CliRunner().invoke(app, ["doctor"])
    assert whole.exit_code == 0
    assert "ok    database" in whole.output
    monkeypatch.setenv("MSLG_BROKER_URL", "redis://127.0.0.1:1/0")
    get_settings.cache_clear()
    broken = CliRunner().invoke(app, ["doctor", "--json"])
    get_settings.cache_clear()
    assert broken.exit_code == 1
    assert [item["check"] for item in json.loads(broken.output) if item["remedy"]] == ["broker"]
