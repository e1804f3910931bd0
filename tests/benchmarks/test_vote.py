"""The vote of neighbours."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.compare.vote import NEIGHBOURS, agree, neighbour_vote, rank_by_vote
from benchmarks.problems.figures import label_figures
from mslg_core.configs.job import parse_config
from tests.benchmarks.tiny import make_problem

CONFIG = parse_config({"backbone": "patches"})


def test_agreement_is_the_cosine_of_the_counted_votes_and_a_class() -> None:
    found = agree(np.array([[0, 0, 0, 0, 1, 1, 1], [2, 2, 2, 2, 2, 2, 2]]), 3)
    assert found == pytest.approx(np.array([[0.8, 0.6, 0], [0, 0, 1]]))


def test_the_vote_finds_and_corrects_wrong_labels() -> None:
    problem = make_problem(240, rate=0.3, verified=30)
    cleaning = rank_by_vote(problem, CONFIG, "cpu")
    figures = label_figures(problem, cleaning)
    assert (figures["auroc"] or 0) > 0.95
    assert (figures["label_accuracy_after"] or 0) > 0.95 > (figures["label_accuracy_before"] or 0)
    assert (cleaning.corrected[problem.verified] == problem.true[problem.verified]).all()


def test_neighbours_vote_with_what_is_verified_and_a_tie_keeps_the_label() -> None:
    problem = make_problem(2 * NEIGHBOURS, rate=0.3, verified=0)
    everyone = replace(problem, verified=np.arange(1, 2 * NEIGHBOURS))
    before, after = (neighbour_vote(one, CONFIG, "cpu") for one in (problem, everyone))
    assert (before.predictions[0] != after.predictions[0]).any()
    assert not after.flagged[1:].any()
    tied = replace(problem, given=np.zeros_like(problem.given), true=np.zeros_like(problem.true))
    assert not neighbour_vote(tied, CONFIG, "cpu").flagged.any()
