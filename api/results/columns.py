"""The ranking as columns, without an object per sample: for grids of a hundred thousand samples."""

from typing import Any

import numpy as np
from sqlalchemy import String, type_coerce
from sqlalchemy.orm import Session

from api.results import schemas
from api.results.counting import count_results
from api.results.service import Ranking, filtered, ordered
from store.models import Result, Sample
from store.results.corrected_label import is_corrected_by_model
from store.verification.record import newest_verification

MAX_COLUMN_ROWS = 20_000
SCORE_DIGITS = 5


def list_columns(
    session: Session, ranking: Ranking, wanted: schemas.ResultFilter, after_rank: int, limit: int
) -> schemas.ResultColumns:
    """Up to `limit` results after `after_rank`. Raises `InvalidError` for an invalid filter."""
    classes = ranking.dataset.class_map
    statement = filtered(session, ranking, wanted).with_only_columns(
        Result.sample_id,
        Result.rank,
        Result.given,
        Result.suggested,
        Result.label_score,
        type_coerce(Sample.verdict, String),  # as stored, to avoid creating an enum member per row
        Sample.settled_label,
        is_corrected_by_model(ranking.acceptance.min_confidence, classes),
    )
    statement = ordered(session, ranking, wanted, statement, after_rank).limit(limit + 1)
    seen = newest_verification(session, ranking.dataset.id)  # first: what the rows show is at least as new
    rows = session.execute(statement).all()
    shown = rows[:limit]
    columns: list[list[Any]] = list(map(list, zip(*shown, strict=True))) or [[]] * 8
    ids, ranks, given, suggested, scores, verdicts, settled, changed = columns
    return schemas.ResultColumns(
        sample_ids=list(map(str, ids)),
        ranks=ranks,
        given=classes.read_all(given),
        suggested=classes.read_all(suggested),
        label_scores=np.round(scores, SCORE_DIGITS).tolist(),
        verdicts=verdicts,
        settled=classes.read_all(settled),
        changed_by_model=[bool(value) for value in changed],  # SQLite has numbers
        next_rank=ranks[-1] if len(rows) > limit else None,
        total=None if after_rank else count_results(session, ranking, wanted),
        seen=str(seen),
    )
