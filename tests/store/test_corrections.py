"""The corrected label: a person's word, else the model's where it may be trusted, else the given one."""

import pytest

from store.corrections import CorrectedBy, correct
from store.models import Verdict

GIVEN, SUGGESTED, SETTLED = 0, 1, 2


@pytest.mark.parametrize(
    ("verdict", "settled", "issue", "auto_accept", "expected"),
    [
        (None, None, False, False, (GIVEN, CorrectedBy.NONE)),
        (None, None, True, False, (GIVEN, CorrectedBy.NONE)),
        (None, None, False, True, (GIVEN, CorrectedBy.NONE)),
        (None, None, True, True, (SUGGESTED, CorrectedBy.MODEL)),
        (Verdict.UNSURE, None, True, True, (SUGGESTED, CorrectedBy.MODEL)),
        (Verdict.WRONG, SETTLED, True, True, (SETTLED, CorrectedBy.PERSON)),
        (Verdict.CORRECT, GIVEN, True, True, (GIVEN, CorrectedBy.PERSON)),
        (Verdict.UNUSABLE, None, True, True, (None, CorrectedBy.PERSON)),
        (Verdict.WRONG_UNKNOWN, None, True, True, (None, CorrectedBy.PERSON)),
    ],
)
def test_rule(
    verdict: Verdict | None,
    settled: int | None,
    issue: bool,
    auto_accept: bool,
    expected: tuple[int | None, CorrectedBy],
) -> None:
    corrected = correct(
        given=GIVEN,
        suggested=SUGGESTED,
        is_label_issue=issue,
        auto_accept=auto_accept,
        verdict=verdict,
        settled_label=settled,
    )
    assert corrected == expected
