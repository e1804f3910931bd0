"""Migrations keep the rows of revision 0001 and fill the new columns."""

from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import migrations
from mslg_core.ranking.error_budget import within_budget
from store.database.engine import make_engine, session_scope
from store.models import Dataset, Job, Result, Role, Sample, Verdict, Verification
from store.results.acceptance_policy import read_policies, undo_policy
from store.results.auto_accept import read_acceptance
from store.results.results import pack_soft_label
from store.verification.consensus import fold
from store.verification.record import history, verify

NOW = "2026-01-02 03:04:05+00:00"
DATASET: dict[str, Any] = {
    "id": "d",
    "name": "animals",
    "status": "ready",
    "classes": '["cat", "dog", "owl"]',
    "num_samples": 3,
    "num_rejections": 0,
    "created_at": NOW,
}
JOB: dict[str, Any] = {
    "id": "j",
    "dataset_id": "d",
    "name": "first",
    "config": '{"method": "mslg", "preset": "paper", "beta": 4000.0}',
    "status": "succeeded",
    "attempt": 1,
    "cancel_requested": False,
    "progress_done": 1,
    "progress_note": "",
    "created_at": NOW,
    "sent_at": NOW,
}
SOFT_LABEL = np.array([0.25, 0.625, 0.125], dtype=np.float32)


def insert(session: Session, table: str, **values: Any) -> None:
    """Insert a row as raw SQL, because the models have later columns."""
    columns = ", ".join(values)
    names = ", ".join(f"CAST(:{n} AS {CASTS[n]})" if n in CASTS else f":{n}" for n in values)
    if session.get_bind().dialect.name == "sqlite":
        names = ", ".join(f":{name}" for name in values)
    session.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({names})"), values)  # noqa: S608


CASTS = {"classes": "JSONB", "config": "JSONB", "created_at": "TIMESTAMPTZ", "sent_at": "TIMESTAMPTZ"}


def insert_sample(session: Session, sample_id: int, verdict: str | None, settled: int | None) -> None:
    """A cat."""
    insert(
        session,
        "samples",
        id=sample_id,
        dataset_id="d",
        position=sample_id,
        external_id=None,
        file_name=f"{sample_id}.png",
        given_label=0,
        width=8,
        height=8,
        byte_size=100,
        sha256="0" * 64,
        media_type="image/png",
        image_key="k",
        verdict=verdict,
        settled_label=settled,
        split=None if settled is None else "meta",
        picked_by_ranking=False,
    )


def insert_verification(
    session: Session, sample_id: int, reviewer: str, verdict: str, label: int | None
) -> None:
    """A decision in review, or without a reviewer an upload."""
    insert(
        session,
        "verifications",
        sample_id=sample_id,
        dataset_id="d",
        verdict=verdict,
        label=label,
        source="review" if reviewer else "upload",
        reviewer=reviewer,
        job_id=None,
        created_at=NOW,
    )


@pytest.fixture
def engine(empty_database_url: str) -> Any:
    """A database with rows of revision 0001, migrated to the newest."""
    migrations.upgrade(empty_database_url, "0001")
    engine = make_engine(empty_database_url)
    with session_scope(engine) as session:
        insert(session, "datasets", **DATASET)
        insert(session, "jobs", **JOB)
        insert_sample(session, 1, "wrong", 1)
        insert_sample(session, 2, None, None)
        insert_sample(session, 3, "correct", 0)
        for verification in [
            (1, "ann", "unsure", None),
            (1, "bob", "wrong", 1),
            (1, "ann", "correct", 0),
            (1, "ann", "withdrawn", None),
            (1, "ann", "withdrawn", None),
            (2, "ann", "unusable", None),
            (2, "ann", "withdrawn", None),
            (3, "", "correct", 0),
        ]:
            insert_verification(session, *verification)
        insert(
            session,
            "results",
            job_id="j",
            sample_id=1,
            given=0,
            suggested=1,
            label_score=0.25,
            rank=1,
            is_label_issue=True,
            soft_label=pack_soft_label(SOFT_LABEL),
        )
    engine.dispose()
    migrations.upgrade(empty_database_url)
    yield engine
    engine.dispose()


def test_datasets_get_the_default_review_settings(engine: sa.Engine) -> None:
    with session_scope(engine, read_only=True) as session:
        dataset = session.get_one(Dataset, "d")
        assert (dataset.guidelines, dataset.overlap, dataset.honeypot_rate) == ("", 1, 0.0)


def test_active_opinions_are_counted(engine: sa.Engine) -> None:
    with session_scope(engine, read_only=True) as session:
        samples = session.scalars(sa.select(Sample).order_by(Sample.id))
        found = [(s.verdict, s.settled_label, s.num_opinions, s.contested) for s in samples]
    assert found == [
        (Verdict.WRONG, 1, 1, False),
        (None, None, 0, False),
        (Verdict.CORRECT, 0, 0, False),
    ]


def test_withdrawals_name_the_withdrawn_verification(engine: sa.Engine) -> None:
    with session_scope(engine, read_only=True) as session:
        verifications = list(session.scalars(sa.select(Verification).order_by(Verification.id)))
        assert [v.withdraws_id for v in verifications] == [None, None, None, 3, 1, None, 6, None]
        assert {v.role for v in verifications} == {Role.OPINION}
        for sample in session.scalars(sa.select(Sample)):
            outcome = fold(history(session, sample.id), overlap=1)
            assert (outcome.decisive.verdict if outcome.decisive else None) is sample.verdict
            assert outcome.num_opinions == sample.num_opinions


def test_results_have_a_confidence(engine: sa.Engine) -> None:
    with session_scope(engine, read_only=True) as session:
        result = session.scalars(sa.select(Result)).one()
        assert (result.confidence, result.trajectory, result.neighbours) == (0.625, b"", b"")
        assert result.soft_label == pack_soft_label(SOFT_LABEL)


def test_decisions_can_be_withdrawn(engine: sa.Engine) -> None:
    with session_scope(engine) as session:
        assert verify(session, 1, Verdict.WITHDRAWN, reviewer="bob").withdraws_id == 2
    with session_scope(engine, read_only=True) as session:
        sample = session.get_one(Sample, 1)
        assert (sample.verdict, sample.num_opinions) == (None, 0)


def test_a_stored_config_keeps_its_settings_and_forgets_its_preset(engine: sa.Engine) -> None:
    with session_scope(engine, read_only=True) as session:
        assert session.get_one(Job, "j").config == {"method": "mslg", "preset": None, "beta": 4000.0}


ACCEPTED: dict[str, Any] = {"expected_error": None, "num_samples": 1, "created_at": NOW}
CHOICES: list[dict[str, Any]] = [
    {"job_id": "j", "min_confidence": 0.9, "max_error": 0.1, "reviewer": "ann"},
    {"job_id": "k", "min_confidence": 0.8, "max_error": 0.2, "reviewer": "bob"},
    {"job_id": "j", "min_confidence": None, "max_error": None, "reviewer": "ann"},
]


@pytest.fixture
def accepting(empty_database_url: str) -> Any:
    """A database with what revision 0003 stored about accepted suggestions, migrated to the newest."""
    migrations.upgrade(empty_database_url, "0003")
    engine = make_engine(empty_database_url)
    with session_scope(engine) as session:
        insert(session, "datasets", **DATASET, guidelines="", overlap=1, honeypot_rate=0.0)
        for job in ("j", "k"):
            insert(session, "jobs", **JOB | {"id": job})
        for choice in CHOICES:
            insert(session, "auto_accepts", **ACCEPTED, **choice)
    engine.dispose()
    migrations.upgrade(empty_database_url)
    yield engine
    engine.dispose()


def test_each_job_accepts_what_it_did_and_the_newest_choice_is_the_policy(accepting: sa.Engine) -> None:
    with session_scope(accepting, read_only=True) as session:
        found = {job: read_acceptance(session, session.get_one(Job, job)) for job in ("j", "k")}
        assert (found["j"].source, found["j"].min_confidence) == ("none", None)
        assert (found["k"].source, found["k"].min_confidence) == ("budget", 0.8)
        (policy,) = read_policies(session, "d")
        assert (policy.kind, policy.max_error, policy.reviewer) == ("none", None, "ann")


def test_an_old_choice_can_be_undone(accepting: sa.Engine) -> None:
    with session_scope(accepting) as session:
        undo_policy(session, "d", "eve", within_budget)
    with session_scope(accepting, read_only=True) as session:
        acceptance = read_acceptance(session, session.get_one(Job, "j"))
        assert (acceptance.source, acceptance.min_confidence) == ("budget", 0.9)


def test_the_way_back_keeps_the_budgets(empty_database_url: str, accepting: sa.Engine) -> None:
    accepting.dispose()
    migrations.downgrade(empty_database_url, "0003")
    with session_scope(accepting, read_only=True) as session:
        rows = session.execute(sa.text("SELECT job_id, max_error FROM auto_accepts ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [("j", 0.1), ("k", 0.2), ("j", None)]
