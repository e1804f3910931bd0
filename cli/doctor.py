"""`mslg doctor`: checks what the service depends on, and says what to do about each fault."""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import redis
import typer
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import migrations
from mslg_core.configs.backbones import list_weights, weights_folder
from store.database.columns import utc_now
from store.database.engine import make_engine
from store.infrastructure.blobs import open_blobs
from store.models import Dataset, Export, Ingest, Job, Sample, Work, WorkStatus
from store.results.result_counts import miscounted_jobs
from store.settings import GIB, Settings
from store.verification.sample_counts import miscounted_datasets

MIN_FREE_BYTES = 5 * GIB
MAX_CLOCK_SECONDS = 5
REDIS_SECONDS = 3
QUEUED_SECONDS = 600
SHOWN = 3
EVICTION = "noeviction"


class Finding(NamedTuple):
    """What a check found. remedy: what to do; None if there is no fault."""

    check: str
    detail: str
    remedy: str | None = None


Check = Callable[[Settings], Iterator[Finding]]


def diagnose(settings: Settings) -> Iterator[Finding]:
    """The findings of all checks, in order. A check that cannot be carried out is a fault itself."""
    for name, (check, remedy) in CHECKS.items():
        try:
            for finding in check(settings):
                yield finding._replace(check=name)
        except Exception as error:
            first = next(iter(str(error).splitlines()), "")
            yield Finding(name, f"{type(error).__name__}: {first}", remedy)


def doctor(settings: Settings, *, as_json: bool) -> bool:
    """Print all findings; return whether there is no fault."""
    findings = list(diagnose(settings))
    if as_json:
        typer.echo(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        for finding in findings:
            typer.echo(f"{'fault' if finding.remedy else 'ok':6}{finding.check:10}{finding.detail}")
            if finding.remedy:
                typer.echo(f"{'':16}{finding.remedy}")
    return not any(finding.remedy for finding in findings)


def check_database(settings: Settings) -> Iterator[Finding]:
    """It answers, has the schema of this version, and agrees about the time."""
    engine = make_engine(settings.resolved_database_url)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            now = connection.scalar(select(func.current_timestamp()))
    finally:
        engine.dispose()
    config = migrations.config_for(settings.resolved_database_url)
    wanted = ScriptDirectory.from_config(config).get_current_head()
    yield Finding(
        "",
        f"{engine.dialect.name}, schema {present}",
        None if present == wanted else f"This version needs schema {wanted}: run `mslg migrate`.",
    )
    yield _clock(now)


def _clock(now: datetime | None) -> Finding:
    if now is None:
        return Finding("", "the database tells no time", "Check the database server.")
    aware = now if now.tzinfo else now.replace(tzinfo=UTC)
    seconds = abs((utc_now() - aware).total_seconds())
    remedy = "Set the clocks of this machine and of the database by NTP: leases depend on them."
    return Finding(
        "", f"its clock differs by {seconds:.0f} s", remedy if seconds > MAX_CLOCK_SECONDS else None
    )


def check_counts(settings: Settings) -> Iterator[Finding]:
    """The kept counts of each dataset equal a recount."""
    engine = make_engine(settings.resolved_database_url)
    try:
        with Session(engine) as session:
            wrong = list(_wrong_counts(session))
            miscounted = [*miscounted_datasets(session), *miscounted_jobs(session)]
            lost = list(_lost_work(session))
    finally:
        engine.dispose()
    remedy = "Report this: the service keeps these counts itself."
    listed = ", ".join(wrong[:SHOWN]) or "none"
    yield Finding("", f"datasets with a wrong count: {listed}", remedy if wrong else None)
    remedy = "Run `mslg recount`, and report this: the database keeps these counts itself."
    listed = ", ".join(miscounted[:SHOWN]) or "none"
    yield Finding(
        "", f"datasets and jobs whose kept counts are wrong: {listed}", remedy if miscounted else None
    )
    remedy = "Start workers: `mslg serve`, or `mslg worker` on a server."
    yield Finding("", f"tasks queued for more than ten minutes: {len(lost)}", remedy if lost else None)


def _wrong_counts(session: Session) -> Iterator[str]:
    counted = (
        select(Sample.dataset_id, func.count().label("number"))
        .where(Sample.separate.is_(False))
        .group_by(Sample.dataset_id)
        .subquery()
    )
    statement = select(Dataset.name).outerjoin(counted, counted.c.dataset_id == Dataset.id)
    yield from session.scalars(
        statement.where(Dataset.status == "ready", Dataset.num_samples != func.coalesce(counted.c.number, 0))
    )


def _lost_work(session: Session) -> Iterator[str]:
    """Ids of tasks that were made ten minutes ago or earlier and are still queued."""
    for model in (Ingest, Job, Export):
        yield from _waiting(session, model)


def _waiting(session: Session, model: type[Work]) -> Iterator[str]:
    rows = session.execute(select(model.id, model.created_at).where(model.status == WorkStatus.QUEUED))
    yield from (row.id for row in rows if (utc_now() - row.created_at).total_seconds() > QUEUED_SECONDS)


def check_broker(settings: Settings) -> Iterator[Finding]:
    """It takes messages. Redis must not drop them when its memory is full."""
    if not settings.broker_url:
        settings.broker_dir.mkdir(parents=True, exist_ok=True)
        _write_probe(settings.broker_dir)
        yield Finding("", f"messages in {settings.broker_dir}")
        return
    client = redis.Redis.from_url(settings.broker_url, socket_timeout=REDIS_SECONDS)
    with client:
        info = client.info()
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "unknown")
    yield Finding(
        "",
        f"Redis {info['redis_version']}, {policy}",
        None if policy == EVICTION else f"Set maxmemory-policy to {EVICTION}, so that no message is dropped.",
    )


def _write_probe(folder: Path) -> None:
    probe = folder / f"probe-{uuid.uuid4()}"
    probe.write_bytes(b"probe")
    probe.unlink()


def check_blobs(settings: Settings) -> Iterator[Finding]:
    """A blob can be written, read and deleted."""
    blobs, key = open_blobs(settings.resolved_blob_url), f"probe/{uuid.uuid4()}"
    blobs.put(key, b"probe")
    try:
        same = blobs.get(key) == b"probe"
    finally:
        blobs.delete(key)
    remedy = None if same else "The store returns other bytes than were written: check it."
    yield Finding("", settings.resolved_blob_url, remedy)


def check_disk(settings: Settings) -> Iterator[Finding]:
    """There is room for uploads and temporary files."""
    for folder in dict.fromkeys((settings.data_dir, Path(os.environ.get("TMPDIR", "/tmp")))):  # noqa: S108
        existing = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
        free = shutil.disk_usage(existing).free
        remedy = f"Free some space: at least {MIN_FREE_BYTES // GIB} GiB are needed for archives."
        yield Finding(
            "", f"{free / GIB:.1f} GiB free in {existing}", remedy if free < MIN_FREE_BYTES else None
        )


def check_weights(_: Settings) -> Iterator[Finding]:
    """The packaged network is there; others are listed."""
    found = list_weights()
    yield Finding("", f"{len(found)} networks; {weights_folder()}")


def check_gpu(_: Settings) -> Iterator[Finding]:
    """Whether jobs train on a GPU. None is no fault."""
    import torch

    if not torch.cuda.is_available():
        yield Finding("", "none: jobs run on the CPU")
        return
    for number in range(torch.cuda.device_count()):
        yield Finding("", torch.cuda.get_device_name(number))


CHECKS: dict[str, tuple[Check, str]] = {
    "database": (check_database, "Start the database, or correct MSLG_DATABASE_URL."),
    "counts": (check_counts, "Upgrade the database: run `mslg migrate`."),
    "broker": (check_broker, "Start the broker, or correct MSLG_BROKER_URL."),
    "blobs": (check_blobs, "Correct MSLG_BLOB_URL, or the rights and keys of the store."),
    "disk": (check_disk, "Create the folder MSLG_DATA_DIR."),
    "weights": (check_weights, "Install the package again: `pip install --force-reinstall mslg`."),
    "gpu": (check_gpu, "Install a PyTorch build that fits the driver."),
}
"""By name: the check, and what to do if it cannot be carried out."""
