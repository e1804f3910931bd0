"""The consensus of a sample's verifications."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from mslg_rules.selection import Selection
from store.database.engine import session_scope
from store.models import Dataset, Role, Verdict, Verification, VerificationSource
from store.verification.bulk_upload import KeyKind, UploadRow, upload_verifications
from store.verification.consensus import active_verifications, fold, is_active, newest_active, opinions, votes
from store.verification.record import history, withdraw
from tests.factories import get_samples
from tests.store.reviewing import decide, undo

CAT, DOG, OWL = 0, 1, 2
OPINION, ADJUDICATION, HONEYPOT = Role.OPINION, Role.ADJUDICATION, Role.HONEYPOT


class Trail:
    """A sample's verifications; the sample came as a cat."""

    def __init__(self) -> None:
        self.rows: list[Verification] = []

    def decide(
        self, reviewer: str, label: int | None = None, role: Role = OPINION, *, job: str | None = None
    ) -> Verification:
        """A reviewer decides on the class, or without one is unsure."""
        settled = Verdict.CORRECT if label == CAT else Verdict.WRONG
        return self._add(
            reviewer=reviewer,
            verdict=Verdict.UNSURE if label is None else settled,
            label=label,
            role=role,
            job_id=job,
        )

    def upload(self, label: int) -> Verification:
        """Somebody uploads the class."""
        verdict = Verdict.CORRECT if label == CAT else Verdict.WRONG
        return self._add(verdict=verdict, label=label, source=VerificationSource.UPLOAD)

    def withdraw(self, target: Verification, reviewer: str = "boss") -> Verification:
        """Somebody withdraws a verification."""
        return self._add(reviewer=reviewer, verdict=Verdict.WITHDRAWN, withdraws_id=target.id)

    def settled(self, overlap: int) -> int | None:
        """The settled class."""
        decisive = fold(self.rows, overlap).decisive
        return decisive.label if decisive else None

    def _add(self, **values: object) -> Verification:
        values = {"source": VerificationSource.REVIEW, "role": OPINION, "reviewer": "", **values}
        self.rows.append(Verification(id=len(self.rows) + 1, **values))
        return self.rows[-1]


@pytest.fixture
def trail() -> Trail:
    """No verifications yet."""
    return Trail()


def test_no_verifications_give_no_verdict(trail: Trail) -> None:
    outcome = fold([], overlap=2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 0, False)


def test_at_overlap_one_the_newest_decision_decides(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.upload(CAT)
    assert trail.settled(1) == CAT
    trail.decide("bob", OWL)
    assert trail.settled(1) == OWL
    assert fold(trail.rows, 1).num_opinions == 2


def test_too_few_opinions_settle_nothing(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("ann", OWL)
    outcome = fold(trail.rows, 2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 1, False)


def test_most_votes_settle(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("bob", OWL)
    trail.decide("eve", DOG)
    assert trail.settled(3) == DOG
    assert not fold(trail.rows, 3).contested


def test_a_tie_is_contested(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("bob", CAT)
    outcome = fold(trail.rows, 2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 2, True)


def test_unsure_is_a_vote_too(trail: Trail) -> None:
    trail.decide("ann")
    trail.decide("bob", DOG)
    assert fold(trail.rows, 2).contested
    trail.decide("bob")
    decisive = fold(trail.rows, 2).decisive
    assert decisive is not None
    assert decisive.verdict is Verdict.UNSURE


def test_only_the_newest_opinion_of_a_reviewer_counts(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("bob", CAT)
    changed = trail.decide("ann", CAT)
    assert trail.settled(2) == CAT
    trail.withdraw(changed, "ann")
    assert fold(trail.rows, 2).contested


def test_an_adjudication_overrides_opinions(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("bob", CAT)
    adjudication = trail.decide("eve", OWL, ADJUDICATION)
    outcome = fold(trail.rows, 2)
    assert (trail.settled(2), outcome.num_opinions, outcome.contested) == (OWL, 2, False)
    trail.decide("ann", CAT)
    assert trail.settled(2) == OWL
    trail.withdraw(adjudication)
    assert trail.settled(2) == CAT


def test_an_upload_overrides_opinions(trail: Trail) -> None:
    trail.upload(DOG)
    trail.decide("ann", CAT)
    trail.decide("bob", CAT)
    assert trail.settled(2) == DOG
    trail.decide("eve", OWL, ADJUDICATION)
    assert trail.settled(2) == OWL


def test_an_adjudicator_keeps_their_opinion(trail: Trail) -> None:
    trail.decide("ann", DOG)
    trail.decide("bob", CAT)
    trail.decide("ann", CAT, ADJUDICATION)
    assert fold(trail.rows, 2).num_opinions == 2
    assert {v.reviewer: v.label for v in opinions(trail.rows)} == {"ann": DOG, "bob": CAT}
    assert {v.reviewer: v.label for v in votes(trail.rows)} == {"ann": CAT, "bob": CAT}


def test_honeypot_answers_never_count(trail: Trail) -> None:
    trail.upload(CAT)
    trail.decide("ann", DOG, HONEYPOT)
    for overlap in (1, 2):
        outcome = fold(trail.rows, overlap)
        assert (trail.settled(overlap), outcome.num_opinions, outcome.contested) == (CAT, 0, False)
    assert [v.reviewer for v in votes(trail.rows)] == [""]


def test_undo_withdraws_the_newest_decision_of_any_role(trail: Trail) -> None:
    opinion = trail.decide("ann", CAT)
    honeypot = trail.decide("ann", DOG, HONEYPOT)
    assert newest_active(trail.rows, "ann") is honeypot
    trail.withdraw(honeypot)
    assert newest_active(trail.rows, "ann") is opinion
    trail.withdraw(opinion)
    assert newest_active(trail.rows, "ann") is None


def test_an_upload_belongs_to_no_reviewer(trail: Trail) -> None:
    uploaded = trail.upload(CAT)
    assert newest_active(trail.rows, "") is None
    trail.withdraw(uploaded)
    assert active_verifications(trail.rows) == []


def test_one_ranked_decision_makes_the_selection_ranked(trail: Trail) -> None:
    trail.decide("ann", CAT)
    assert fold(trail.rows, 2).selection is Selection.RANDOM
    ranked = trail.decide("bob", CAT, job="j")
    assert fold(trail.rows, 2).selection is Selection.RANKED
    trail.withdraw(ranked)
    assert fold(trail.rows, 2).selection is Selection.RANDOM


decisions = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from([None, CAT, DOG]), st.sampled_from(list(Role))),
    max_size=12,
)


@given(decisions, st.integers(1, 4))
def test_the_outcome_is_consistent(decided: list[tuple[str, int | None, Role]], overlap: int) -> None:
    trail = Trail()
    for reviewer, label, role in decided:
        trail.decide(reviewer, label, role)
    outcome = fold(trail.rows, overlap)
    people = {reviewer for reviewer, _, role in decided if role is OPINION}
    assert outcome.num_opinions == len(people)
    assert not (outcome.contested and outcome.decisive)
    if outcome.contested:
        assert len(people) >= overlap > 1
    for row in list(trail.rows):
        trail.withdraw(row)
    assert fold(trail.rows, overlap).decisive is None


def test_active_is_the_same_in_sql_and_for_loaded_rows(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        keys = [sample.id for sample in get_samples(session, dataset)[:4]]
        upload_verifications(session, dataset.id, [UploadRow(2, KeyKind.EXTERNAL_ID, "id-0", "owl")])
        (uploaded,) = history(session, keys[0])
        withdraw(session, uploaded.id)
    decide(engine, keys[1], "ann", DOG)
    decide(engine, keys[1], "ann", OWL)
    undo(engine, keys[1], "ann")
    decide(engine, keys[2], "ann", CAT)
    decide(engine, keys[2], "bob")
    decide(engine, keys[3], "ann", CAT)
    undo(engine, keys[3], "ann")
    decide(engine, keys[3], "ann", DOG)
    with session_scope(engine, read_only=True) as session:
        in_sql = session.scalars(select(Verification.id).where(is_active()).order_by(Verification.id)).all()
        loaded = [v.id for key in keys for v in active_verifications(history(session, key))]
    assert in_sql == loaded
    assert len(loaded) == 4
