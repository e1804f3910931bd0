"""The order in which the queues `verify` and `review` serve samples."""

from itertools import pairwise

from sqlalchemy import Engine, select

from mslg_rules.selection import Selection
from store.database.engine import session_scope
from store.models import Dataset, Job, Queue, Result, Sample, Verdict, Verification
from store.verification.record import verify
from tests.factories import get_samples, verify_given
from tests.rankings import rank_samples, suggest_next
from tests.store.reviewing import CAT, DOG, OWL, decide, ids, request


def test_verify_shows_nothing_that_could_bias(engine: Engine, dataset: Dataset, job: Job) -> None:
    for served in request(engine, dataset, "ann", count=30).items:
        assert (served.result, served.re_review, list(served.opinions)) == (None, None, [])


def test_classes_that_lack_labels_come_first(engine: Engine, dataset: Dataset) -> None:
    with session_scope(engine) as session:
        for sample in [s for s in get_samples(session, dataset) if s.given_label != OWL][:6]:
            verify(session, sample.id, Verdict.CORRECT)
    first = request(engine, dataset, "ann", count=3).items
    assert {served.sample.given_label for served in first} == {OWL}


def test_classes_come_in_turn(engine: Engine, dataset: Dataset) -> None:
    classes = [served.sample.given_label or 0 for served in request(engine, dataset, "ann", count=9).items]
    assert [sorted(classes[i : i + 3]) for i in (0, 3, 6)] == [[CAT, DOG, OWL]] * 3


def test_verify_can_be_limited_to_a_class(engine: Engine, dataset: Dataset) -> None:
    served = request(engine, dataset, "ann", given=DOG)
    assert {item.sample.given_label for item in served.items} == {DOG}
    assert (len(served.items), served.remaining) == (10, 0)


def test_with_a_job_random_and_uncertainty_sampling_alternate(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    ann = request(engine, dataset, "ann", count=4)
    bob = request(engine, dataset, "bob", count=3)
    more = request(engine, dataset, "ann", count=3, holding=ids(ann))
    for served in (ann, bob, more):
        by_job = [item.job_id is not None for item in served.items]
        assert all(a != b for a, b in pairwise(by_job))
    job_ids = [item.job_id for item in [*ann.items, *more.items]]
    assert abs(job_ids.count(job.id) - job_ids.count(None)) <= 1


def test_uncertainty_sampling_takes_scores_nearest_to_one_half(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
        rows = session.scalars(select(Result).where(Result.job_id == job.id))
        scores = {row.sample_id: row.label_score for row in rows}
    chosen = [i.sample.id for i in request(engine, dataset, "ann", count=10).items if i.job_id]
    distances = [abs(scores[key] - 0.5) for key in chosen]
    assert distances == sorted(distances)


def test_samples_from_uncertainty_sampling_join_the_meta_set_only(
    engine: Engine, dataset: Dataset, job: Job
) -> None:
    with session_scope(engine) as session:
        verify_given(session, dataset)
    served = request(engine, dataset, "ann", count=20).items
    for item in served:
        decide(engine, item.sample.id, "ann", item.sample.given_label)
    with session_scope(engine, read_only=True) as session:
        for item in served:
            sample = session.get_one(Sample, item.sample.id)
            assert (sample.selection is Selection.RANKED) == (item.job_id is not None)
        decisions = session.scalars(select(Verification).where(Verification.reviewer == "ann"))
        assert {(v.sample_id, v.job_id) for v in decisions} == {
            (item.sample.id, item.job_id) for item in served
        }


def test_review_follows_the_ranking(engine: Engine, dataset: Dataset, job: Job) -> None:
    served = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id)
    ranks = [item.result.rank for item in served.items if item.result]
    assert ranks == list(range(1, 11))
    assert {item.job_id for item in served.items} == {job.id}
    assert served.remaining == 20
    bob = request(engine, dataset, "bob", Queue.REVIEW, job_id=job.id, count=1)
    assert [item.result.rank for item in bob.items if item.result] == [11]


def test_review_serves_accepted_suggestions_last(engine: Engine, dataset: Dataset) -> None:
    suggested = [0.99, 0.97, 0.6, 0.45, 0.1]  # confidences; the first three are accepted
    given = [position % 3 for position in range(len(suggested))]
    job = rank_samples(engine, dataset, suggest_next(given, suggested, 3), auto_accept=True)
    served: list[int] = []
    for _ in suggested:
        served += ids(request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=1, holding=served))
    with session_scope(engine, read_only=True) as session:
        assert [session.get_one(Sample, key).position for key in served] == [3, 2, 4, 1, 0]


def test_review_can_be_filtered(engine: Engine, dataset: Dataset, job: Job) -> None:
    served = request(
        engine, dataset, "ann", Queue.REVIEW, job_id=job.id, given=CAT, suggested=DOG, score_max=0.2
    )
    assert (len(served.items), served.remaining) == (10, 0)
    assert {item.sample.given_label for item in served.items} == {CAT}
    nothing = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, given=CAT, score_min=0.5)
    assert (nothing.items, nothing.remaining) == ([], 0)
    dogs = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, given=DOG)
    assert (len(dogs.items), dogs.remaining) == (10, 0)


def test_review_counts_only_ranked_samples(engine: Engine, dataset: Dataset) -> None:
    job = rank_samples(engine, dataset, suggest_next([0, 1, 2], [0.9, 0.8, 0.7], 3))
    served = request(engine, dataset, "ann", Queue.REVIEW, job_id=job.id, count=1)
    assert (len(served.items), served.remaining) == (1, 2)
