"""A database of revision 0002, written before the packages were redrawn, is migrated and works as before.

`stored/database-0002.json` has all its rows, `stored/export.csv` is the export of its one job at that time.
"""

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import migrations
from mslg_core.exports.writers import open_export
from store.database.engine import make_engine, session_scope
from store.infrastructure.blobs import open_blobs
from store.models import (
    Dataset,
    Export,
    Job,
    Lease,
    Queue,
    Result,
    Sample,
    Selection,
    SuspectedLabelError,
    Verdict,
)
from store.results.results import unpack_neighbours, unpack_soft_label, unpack_trajectory
from store.review.assignments import serve
from store.review.queues import QueueQuery, count_queues
from store.sources.image_files import ImageFiles
from store.statistics.agreement import measure_agreement
from store.statistics.audit_log import list_all_comments, list_trail
from store.statistics.review_progress import count_reviewed, expect_remaining, read_decisions
from store.statistics.reviewers import list_reviewers
from store.verification.consensus import fold
from store.verification.record import history, verify, withdraw
from store.verification.trail_filter import TrailFilter
from store.verification.verified_set import verified_set
from worker.tasks.export_rows import Source, export_images

STORED = Path(__file__).parent / "stored"
ROWS: dict[str, list[dict[str, Any]]] = json.loads((STORED / "database-0002.json").read_text())["tables"]
DATASET_ID: str = ROWS["datasets"][0]["id"]
JOB_ID: str = ROWS["jobs"][0]["id"]
NEW_AND_EMPTY = (
    "issues",
    "duplicate_groups",
    "queue_shares",
    "shared_samples",
    "uploads",
    "users",
    "members",
    "user_sessions",
    "api_tokens",
    "password_links",
    "feature_chunks",
    "webhooks",
    "webhook_events",
    "webhook_deliveries",
    "advised_jobs",
    "dataset_sources",
    "source_checks",
    "counters",
    "dataset_changes",
    "version_comparisons",
    "version_differences",
    "class_proposals",
    "sample_tags",
    "saved_views",
    "dataset_versions",
)
COUNTED = ("sample_counts", "decided_results", "result_counts")
CLASSES: list[str] = ROWS["datasets"][0]["classes"]


def decode(value: Any) -> Any:
    """A stored value: bytes are in Base64, times in ISO 8601 and UTC."""
    if isinstance(value, dict) and value.keys() == {"bytes"}:
        return base64.b64decode(value["bytes"])
    if isinstance(value, dict) and value.keys() == {"time"}:
        return datetime.fromisoformat(value["time"]).replace(tzinfo=UTC)
    return value


def insert_rows(connection: sa.Connection) -> None:
    """Insert all stored rows into the tables of revision 0002, parents first."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        rows = [{name: decode(value) for name, value in row.items()} for row in ROWS.get(table.name, [])]
        if rows:
            connection.execute(sa.insert(adapted(table, connection)), rows)


def adapted(table: sa.Table, connection: sa.Connection) -> sa.TableClause:
    """The table with JSON columns that serialize their values, which SQLite's reflection does not know."""
    is_json = {"classes", "config", "summary", "report", "error"}
    columns = [
        sa.column(c.name, sa.JSON(none_as_null=True) if c.name in is_json else c.type) for c in table.columns
    ]
    return sa.table(table.name, *columns)


def set_sequences(connection: sa.Connection) -> None:
    """Let Postgres generate ids above those of the inserted rows."""
    for table in ("rejections", "samples", "auto_accepts", "comments", "verifications"):
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        connection.execute(sa.text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))  # noqa: S608


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """The stored database, migrated to the newest revision."""
    migrations.upgrade(empty_database_url, "0002")
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        insert_rows(connection)
        if connection.dialect.name == "postgresql":
            set_sequences(connection)
    engine.dispose()
    migrations.upgrade(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A transaction on the migrated database."""
    with session_scope(engine) as session:
        yield session


def read_tables(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, ordered."""
    metadata = sa.MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection)
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name != "alembic_version"
        }


def test_the_export_has_the_same_bytes(session: Session, tmp_path: Path) -> None:
    dataset = session.get_one(Dataset, DATASET_ID)
    source = Source(dataset, session.get_one(Job, JOB_ID))
    export = session.scalars(sa.select(Export)).one()
    file = io.BytesIO()
    with open_export(export.format, file, dataset.classes) as writer:
        for images in export_images(session, source, ImageFiles(open_blobs(tmp_path.as_uri()))):
            writer.write(images)
    assert file.getvalue() == (STORED / "export.csv").read_bytes()


def test_every_consensus_equals_the_stored_columns(session: Session) -> None:
    dataset = session.get_one(Dataset, DATASET_ID)
    for row in ROWS["samples"]:
        sample = session.get_one(Sample, row["id"])
        # Samples settled before the overlap was raised from 1 keep their verdict.
        is_older = row["verdict"] is not None and row["num_opinions"] < dataset.overlap
        outcome = fold(history(session, sample.id), 1 if is_older else dataset.overlap)
        decisive = outcome.decisive
        folded = (
            decisive.verdict if decisive else None,
            decisive.label if decisive else None,
            outcome.num_opinions,
            outcome.contested,
        )
        assert folded == (sample.verdict, sample.settled_label, sample.num_opinions, sample.contested)
        assert folded == (row["verdict"], row["settled_label"], row["num_opinions"], row["contested"])
        assert sample.split == row["split"]
        if sample.split is not None:
            assert (sample.selection is Selection.RANDOM) != row["picked_by_ranking"]


def test_verified_set_and_queues_are_counted(session: Session) -> None:
    dataset = session.get_one(Dataset, DATASET_ID)
    counted = verified_set(session, dataset)
    for index, of_class in enumerate(counted.classes):
        settled = [row for row in ROWS["samples"] if row["settled_label"] == index]
        in_meta = sum(row["split"] == "meta" for row in settled)
        assert (of_class.label, of_class.total, of_class.meta) == (CLASSES[index], len(settled), in_meta)
    assert counted.total > 0
    open_errors = [row for row in ROWS["second_looks"] if row["resolved_at"] is None]
    contested = [row for row in ROWS["samples"] if row["contested"]]
    queues = count_queues(session, dataset, "eve")
    assert (queues.tie_break, queues.re_review) == (len(contested), len(open_errors)) == (1, 2)
    assert queues.verify > 0


def test_statistics_are_readable(session: Session) -> None:
    reviews = [row for row in ROWS["verifications"] if row["source"] == "review"]
    decided = [row for row in reviews if row["verdict"] != "withdrawn"]
    dataset = session.get_one(Dataset, DATASET_ID)
    found = {record.reviewer: record.decisions for record in list_reviewers(session, dataset)}
    assert found == {name: sum(row["reviewer"] == name for row in decided) for name in ("ann", "bob", "cyd")}
    trail = list_trail(session, DATASET_ID, TrailFilter(), None, 100)
    assert len(trail) == len(ROWS["verifications"])
    assert [entry.verification.id for entry in trail if entry.withdrawn] == [27, 24]
    assert [entry.comment.text for entry in list_all_comments(session, DATASET_ID, None, 10)] == ["blurred"]
    assert measure_agreement(session, dataset).contested == 1


def test_review_progress_is_readable(session: Session) -> None:
    num_decisions, num_errors = count_reviewed(session, JOB_ID)
    decisions = read_decisions(session, JOB_ID)
    assert (len(decisions.is_error), int(decisions.is_error.sum())) == (num_decisions, num_errors)
    remaining = expect_remaining(session, JOB_ID, None, 100)
    assert 0 < remaining.errors < len(ROWS["results"])
    assert remaining.unreviewed == sum(row["verdict"] is None for row in ROWS["samples"])


def test_results_are_readable(session: Session) -> None:
    result = session.get_one(Result, (JOB_ID, ROWS["results"][0]["sample_id"]))
    assert unpack_soft_label(result.soft_label) == pytest.approx([0.05, 0.9, 0.05])
    assert unpack_trajectory(result.trajectory) == [(1.0, 0.0), (0.2, 0.8)]
    assert unpack_neighbours(result.neighbours) == ((1,), (60,))


def test_the_summary_has_its_new_key(session: Session) -> None:
    before = ROWS["jobs"][0]["summary"]
    after = session.get_one(Job, JOB_ID).summary
    assert after is not None
    assert after["model_selection"] == before["bake_off"]
    assert "bake_off" not in after
    assert {key: after[key] for key in before if key != "bake_off"} == {
        key: before[key] for key in before if key != "bake_off"
    }


def test_leases_keep_their_queue(session: Session) -> None:
    leases = session.scalars(sa.select(Lease)).all()
    assert len(leases) == len(ROWS["leases"])
    (lease,) = [lease for lease in leases if lease.queue is Queue.RE_REVIEW]
    assert (lease.sample_id, lease.reviewer, lease.job_id) == (2, "ann", JOB_ID)
    resolved = session.get_one(SuspectedLabelError, (JOB_ID, 1)).resolved_at
    assert resolved == decode(ROWS["second_looks"][0]["resolved_at"])


def test_review_goes_on(engine: Engine) -> None:
    with session_scope(engine) as session:
        served = serve(
            session,
            DATASET_ID,
            QueueQuery("eve", Queue.RE_REVIEW),
            count=10,
            holding=(),
            duration=timedelta(minutes=10),
        )
        assert [item.sample.id for item in served.items] == [2, 3]
        added = verify(session, 2, Verdict.WRONG, 0, reviewer="eve")
        assert added.id == len(ROWS["verifications"]) + 1
        assert session.get_one(Sample, 2).settled_label == 0
        assert session.get_one(SuspectedLabelError, (JOB_ID, 2)).resolved_at is not None
    with session_scope(engine) as session:
        assert withdraw(session, added.id, "ann").withdraws_id == added.id
        assert session.get_one(Sample, 2).settled_label == ROWS["samples"][1]["settled_label"]
        assert verify(session, 52, Verdict.WITHDRAWN, reviewer="ann").withdraws_id == 33
        assert not session.get_one(Sample, 52).contested


def test_downgrade_and_upgrade_keep_all_rows(engine: Engine, empty_database_url: str) -> None:
    before = read_tables(engine)
    stored = {
        {"second_looks": "suspected_label_errors"}.get(name, name): len(rows) for name, rows in ROWS.items()
    }
    added = dict.fromkeys(NEW_AND_EMPTY, 0) | {"acceptance_policies": 1}  # the dataset's newest choice
    assert {name: len(rows) for name, rows in before.items() if name not in COUNTED} == stored | added
    engine.dispose()
    migrations.downgrade(empty_database_url, "0002")
    downgraded = read_tables(engine)
    assert len(downgraded["second_looks"]) == len(ROWS["second_looks"])
    engine.dispose()
    migrations.upgrade(empty_database_url)
    assert read_tables(engine) == before
