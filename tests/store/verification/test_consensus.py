"""What a sample's verifications amount to, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_rules.selection import Selection
from store.models import Role, Verdict, Verification, VerificationSource
from store.verification.consensus import active_verifications, fold, newest_active, opinions, votes

CAT, DOG, OWL = 0, 1, 2
OPINION, LAST_WORD, HONEYPOT = Role.OPINION, Role.ADJUDICATION, Role.HONEYPOT


class Trail:
    """A sample's verifications; the sample came as a cat."""

    def __init__(self) -> None:
        self.rows: list[Verification] = []

    def say(
        self, reviewer: str, label: int | None = None, role: Role = OPINION, *, job: str | None = None
    ) -> Verification:
        """A person says the class, or without one is unsure."""
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

    def take_back(self, what: Verification, reviewer: str = "boss") -> Verification:
        """Somebody takes a verification back."""
        return self._add(reviewer=reviewer, verdict=Verdict.WITHDRAWN, withdraws_id=what.id)

    def settled(self, overlap: int) -> int | None:
        """The class that they amount to."""
        decisive = fold(self.rows, overlap).decisive
        return decisive.label if decisive else None

    def _add(self, **values: object) -> Verification:
        values = {"source": VerificationSource.REVIEW, "role": OPINION, "reviewer": "", **values}
        self.rows.append(Verification(id=len(self.rows) + 1, **values))
        return self.rows[-1]


@pytest.fixture
def trail() -> Trail:
    """Nothing said yet."""
    return Trail()


def test_nothing_said_is_no_verdict(trail: Trail) -> None:
    outcome = fold([], overlap=2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 0, False)


def test_where_one_is_enough_the_newest_word_decides(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.upload(CAT)
    assert trail.settled(1) == CAT
    trail.say("bob", OWL)
    assert trail.settled(1) == OWL
    assert fold(trail.rows, 1).num_opinions == 2


def test_too_few_opinions_settle_nothing(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("ann", OWL)
    outcome = fold(trail.rows, 2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 1, False)


def test_most_voices_settle(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("bob", OWL)
    trail.say("eve", DOG)
    assert trail.settled(3) == DOG
    assert not fold(trail.rows, 3).contested


def test_a_tie_is_contested(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("bob", CAT)
    outcome = fold(trail.rows, 2)
    assert (outcome.decisive, outcome.num_opinions, outcome.contested) == (None, 2, True)


def test_not_knowing_is_a_voice_too(trail: Trail) -> None:
    trail.say("ann")
    trail.say("bob", DOG)
    assert fold(trail.rows, 2).contested
    trail.say("bob")
    decisive = fold(trail.rows, 2).decisive
    assert decisive is not None
    assert decisive.verdict is Verdict.UNSURE


def test_of_one_reviewer_the_newest_opinion_counts(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("bob", CAT)
    mind_changed = trail.say("ann", CAT)
    assert trail.settled(2) == CAT
    trail.take_back(mind_changed, "ann")
    assert fold(trail.rows, 2).contested


def test_the_last_word_decides_over_opinions(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("bob", CAT)
    last = trail.say("eve", OWL, LAST_WORD)
    outcome = fold(trail.rows, 2)
    assert (trail.settled(2), outcome.num_opinions, outcome.contested) == (OWL, 2, False)
    trail.say("ann", CAT)
    assert trail.settled(2) == OWL
    trail.take_back(last)
    assert trail.settled(2) == CAT


def test_an_upload_decides_over_opinions(trail: Trail) -> None:
    trail.upload(DOG)
    trail.say("ann", CAT)
    trail.say("bob", CAT)
    assert trail.settled(2) == DOG
    trail.say("eve", OWL, LAST_WORD)
    assert trail.settled(2) == OWL


def test_whoever_has_the_last_word_had_a_voice_before(trail: Trail) -> None:
    trail.say("ann", DOG)
    trail.say("bob", CAT)
    trail.say("ann", CAT, LAST_WORD)
    assert fold(trail.rows, 2).num_opinions == 2
    assert {v.reviewer: v.label for v in opinions(trail.rows)} == {"ann": DOG, "bob": CAT}
    assert {v.reviewer: v.label for v in votes(trail.rows)} == {"ann": CAT, "bob": CAT}


def test_answers_to_honeypots_never_count(trail: Trail) -> None:
    trail.upload(CAT)
    trail.say("ann", DOG, HONEYPOT)
    for overlap in (1, 2):
        outcome = fold(trail.rows, overlap)
        assert (trail.settled(overlap), outcome.num_opinions, outcome.contested) == (CAT, 0, False)
    assert [v.reviewer for v in votes(trail.rows)] == [""]


def test_undo_takes_back_the_newest_word_of_whichever_role(trail: Trail) -> None:
    opinion = trail.say("ann", CAT)
    honeypot = trail.say("ann", DOG, HONEYPOT)
    assert newest_active(trail.rows, "ann") is honeypot
    trail.take_back(honeypot)
    assert newest_active(trail.rows, "ann") is opinion
    trail.take_back(opinion)
    assert newest_active(trail.rows, "ann") is None


def test_an_upload_is_nobodys_word(trail: Trail) -> None:
    uploaded = trail.upload(CAT)
    assert newest_active(trail.rows, "") is None
    trail.take_back(uploaded)
    assert active_verifications(trail.rows) == []


def test_a_ranking_has_led_there_if_it_led_one_of_them(trail: Trail) -> None:
    trail.say("ann", CAT)
    assert fold(trail.rows, 2).selection is Selection.RANDOM
    led = trail.say("bob", CAT, job="j")
    assert fold(trail.rows, 2).selection is Selection.RANKED
    trail.take_back(led)
    assert fold(trail.rows, 2).selection is Selection.RANDOM


said = st.tuples(st.sampled_from("abcd"), st.sampled_from([None, CAT, DOG]), st.sampled_from(list(Role)))


@given(st.lists(said, max_size=12), st.integers(1, 4))
def test_whatever_is_said_the_outcome_is_consistent(
    words: list[tuple[str, int | None, Role]], overlap: int
) -> None:
    trail = Trail()
    for reviewer, label, role in words:
        trail.say(reviewer, label, role)
    outcome = fold(trail.rows, overlap)
    people = {reviewer for reviewer, _, role in words if role is OPINION}
    assert outcome.num_opinions == len(people)
    assert not (outcome.contested and outcome.decisive)
    if outcome.contested:
        assert len(people) >= overlap > 1
    for row in list(trail.rows):
        trail.take_back(row)
    assert fold(trail.rows, overlap).decisive is None
