"""What an export leaves out."""

import pytest

from mslg_rules.issue_kind import IssueKind
from mslg_rules.leave_out import Candidate, LeaveOut, find_left_out

EXACT, NEAR = (IssueKind.EXACT_DUPLICATE,), (IssueKind.NEAR_DUPLICATE,)
IMAGES = {
    0: Candidate(EXACT, 1),
    1: Candidate(EXACT, 1, is_settled=True),
    2: Candidate(EXACT, 1, is_settled=True),
    3: Candidate(NEAR, 2, is_unusable=True),
    4: Candidate(NEAR, 2),
    5: Candidate((*NEAR, IssueKind.OUTLIER), 2),
    6: Candidate((IssueKind.OUT_OF_DISTRIBUTION,)),
    7: Candidate((IssueKind.DARK,)),
    8: Candidate(is_unusable=True),
}


@pytest.mark.parametrize(
    ("wanted", "left_out"),
    [
        ([], set()),
        ([LeaveOut.UNUSABLE], {3, 8}),
        ([LeaveOut.OUTLIERS], {5, 6}),
        ([LeaveOut.DUPLICATES], {0, 2, 4, 5}),
        ([LeaveOut.DUPLICATES, LeaveOut.UNUSABLE], {0, 2, 3, 5, 8}),
        (list(LeaveOut), {0, 2, 3, 5, 6, 8}),
    ],
)
def test_one_of_each_group_stays(wanted: list[LeaveOut], left_out: set[int]) -> None:
    assert find_left_out(IMAGES, wanted) == left_out
