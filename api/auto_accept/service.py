"""Previews an error budget, sets the policy and undoes it; `mslg_core.ranking.error_budget` chooses."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auto_accept import schemas
from api.errors import ChangedMeanwhileError, InvalidError, SettingConflict
from api.results.schemas import Result as ResultBody
from api.results.service import Ranking, describe
from mslg_core.ranking.error_budget import Accepted, accept, inflation, within_budget
from mslg_core.reports import Interval
from store.models import AcceptanceKind, Result, Sample
from store.results.acceptance_policy import choose_policy, read_policies, undo_policy
from store.results.auto_accept import (
    Candidates,
    HoldoutFlags,
    read_acceptance,
    read_candidates,
    read_holdout_flags,
)
from store.results.corrected_label import is_corrected_by_model
from store.verification.verified_set import lock_dataset

NUM_RISKIEST = 12


class Plan(NamedTuple):
    """What is, or would be, accepted of the job's candidates."""

    candidates: Candidates
    holdout: HoldoutFlags
    inflation: float
    accepted: Accepted

    @property
    def expected_error(self) -> float | None:
        """Expected share of wrong suggestions among the accepted; None if none is accepted."""
        return self.accepted.expected_error if self.accepted.count else None


def get_state(session: Session, ranking: Ranking) -> schemas.AutoAcceptState:
    """The current state."""
    acceptance, decision = ranking.acceptance, ranking.acceptance.decision
    plan = _accepted(session, ranking.job.id, acceptance.min_confidence)
    policies = read_policies(session, ranking.dataset.id)
    policy = policies[-1] if policies else None
    return schemas.AutoAcceptState(
        source=acceptance.source,
        max_error=decision.max_error if decision else None,
        min_confidence=acceptance.min_confidence,
        expected_error=plan.expected_error if plan else None,
        observed_error=_observe(plan) if plan else None,
        num_samples=plan.accepted.count if plan else 0,
        policy=schemas.AcceptancePolicy.of(policy) if policy else None,
        before=schemas.AcceptancePolicy.of(policies[-2]) if len(policies) > 1 else None,
        seen=str(policy.id if policy else 0),
        follows_policy=(decision.policy_id if decision else None) == (policy.id if policy else None),
        reviewer=decision.reviewer if decision else None,
        created_at=decision.created_at if decision else None,
    )


def preview(session: Session, ranking: Ranking, max_error: float) -> schemas.AutoAcceptPreview:
    """What a budget would accept."""
    plan = _spend(session, ranking.job.id, max_error)
    return schemas.AutoAcceptPreview(
        max_error=max_error,
        min_confidence=plan.accepted.min_confidence,
        num_samples=plan.accepted.count,
        expected_error=plan.expected_error,
        flagged=len(plan.candidates.confidence),
        observed_error=_observe(plan),
        inflation=plan.inflation,
        by_class=_by_class(plan, ranking.dataset.class_map.labels),
        riskiest=_list_riskiest(session, ranking, plan.accepted.min_confidence),
    )


def choose(session: Session, ranking: Ranking, wanted: schemas.AutoAcceptChoice) -> schemas.AutoAcceptState:
    """Set the dataset's policy.

    Raises `InvalidError` if kind and budget do not go together, and `ChangedMeanwhileError`.
    """
    needs_budget = wanted.policy is AcceptanceKind.BUDGET
    if needs_budget and wanted.max_error is None:
        raise InvalidError.of_field("max_error", "budget_missing", "Name the error budget, such as 0.02.")
    if not needs_budget and wanted.max_error is not None:
        message = f"The policy {wanted.policy} takes no error budget: omit it."
        raise InvalidError.of_field("max_error", "budget_not_expected", message)
    _refuse_unseen(session, ranking, wanted.seen, (wanted.policy, wanted.max_error))
    choose_policy(session, ranking.job, wanted.policy, wanted.max_error, wanted.reviewer, within_budget)
    return _reread_state(session, ranking)


def undo(session: Session, ranking: Ranking, reviewer: str, seen: str | None) -> schemas.AutoAcceptState:
    """Undo the newest choice. Raises `NothingToUndoError`, `ChangedMeanwhileError`."""
    _refuse_unseen(session, ranking, seen, (None, None))
    undo_policy(session, ranking.dataset.id, reviewer, within_budget)
    return _reread_state(session, ranking)


def _refuse_unseen(
    session: Session, ranking: Ranking, seen: str | None, yours: tuple[AcceptanceKind | None, float | None]
) -> None:
    """Raise `ChangedMeanwhileError` if a policy holds that the author of `yours` did not see.

    `yours` is kind and budget; without a kind it is an undo.
    """
    if seen is None:
        return
    lock_dataset(session, ranking.dataset.id)
    policy = next(reversed(read_policies(session, ranking.dataset.id)), None)
    theirs = (AcceptanceKind.SIGN_TEST, None) if policy is None else (policy.kind, policy.max_error)
    if int(seen) == (policy.id if policy else 0) or yours == theirs:
        return
    pairs = zip(("policy", "max_error"), yours, theirs, strict=True)
    raise ChangedMeanwhileError([SettingConflict(*pair) for pair in pairs if pair[1] != pair[2]])


def _reread_state(session: Session, ranking: Ranking) -> schemas.AutoAcceptState:
    session.flush()
    return get_state(session, ranking._replace(acceptance=read_acceptance(session, ranking.job)))


def _spend(session: Session, job_id: str, max_error: float) -> Plan:
    candidates = read_candidates(session, job_id)
    holdout = read_holdout_flags(session, job_id)
    factor = inflation(holdout.confidence, holdout.right, holdout.size)
    return Plan(candidates, holdout, factor, accept(candidates.confidence, max_error, factor))


def _accepted(session: Session, job_id: str, min_confidence: float | None) -> Plan | None:
    """What is accepted from `min_confidence` on; None if nothing is."""
    if min_confidence is None:
        return None
    candidates, holdout = read_candidates(session, job_id), read_holdout_flags(session, job_id)
    factor = inflation(holdout.confidence, holdout.right, holdout.size)
    errors = _errors(candidates.confidence[candidates.confidence >= min_confidence], factor)
    expected = float(errors.mean()) if len(errors) else 0.0
    return Plan(candidates, holdout, factor, Accepted(min_confidence, len(errors), expected))


def _errors(confidence: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Probability of being wrong for each suggestion, float64 [n], from its confidence [n]."""
    return np.minimum(factor * (1 - confidence), 1)


def _observe(plan: Plan) -> Interval | None:
    if plan.accepted.min_confidence is None:
        return None
    right = plan.holdout.right[plan.holdout.confidence >= plan.accepted.min_confidence]
    return Interval.wilson(int((~right).sum()), len(right))


def _by_class(plan: Plan, classes: list[str]) -> list[schemas.AcceptedPair]:
    if plan.accepted.min_confidence is None:
        return []
    taken = plan.candidates.confidence >= plan.accepted.min_confidence
    pair = plan.candidates.given[taken] * len(classes) + plan.candidates.suggested[taken]
    counts = np.bincount(pair)
    errors = np.bincount(pair, weights=_errors(plan.candidates.confidence[taken], plan.inflation))
    return [
        schemas.AcceptedPair(
            given=classes[index // len(classes)],
            suggested=classes[index % len(classes)],
            count=int(counts[index]),
            expected_errors=float(errors[index]),
        )
        for index in np.argsort(-counts, kind="stable").tolist()
        if counts[index]
    ]


def _list_riskiest(session: Session, ranking: Ranking, min_confidence: float | None) -> list[ResultBody]:
    accepted = is_corrected_by_model(min_confidence, ranking.dataset.class_map)
    statement = (
        select(Result, Sample)
        .join(Sample, Sample.id == Result.sample_id)
        .where(Result.job_id == ranking.job.id, accepted)
        .order_by(Result.confidence, Result.rank)
        .limit(NUM_RISKIEST)
    )
    return [describe(ranking, result, sample) for result, sample in session.execute(statement)]
