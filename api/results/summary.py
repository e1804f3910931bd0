"""A job's summary, with its figures read through the dataset's classes."""

from collections import Counter
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from api.results import schemas
from api.results.service import Ranking
from mslg_rules.class_map import ClassMap
from store.statistics.review_progress import count_reviewed


def summarise(session: Session, ranking: Ranking) -> schemas.JobSummary:
    """The stored summary and the progress of the review."""
    reviewed, errors_found = count_reviewed(session, ranking.job.id)
    classes = ranking.dataset.class_map
    values = dict(ranking.job.summary or {})
    values["per_class"] = _read_figures(values.get("per_class", []), classes)
    values["confusions"] = _read_pairs(values.get("confusions", []), classes)
    values["confusion"] = _read_matrix(values.get("confusion", []), classes)
    values |= {"classes": list(classes.names), "class_order": classes.order}
    values |= {"reviewed": reviewed, "errors_found": errors_found}
    return schemas.JobSummary.model_validate(values)


def _read_figures(stored: list[dict[str, Any]], classes: ClassMap) -> list[dict[str, Any]]:
    """The figures of the active classes, in the chosen order; those of merged classes are added up."""
    found: dict[int, dict[str, Any]] = {}
    for figures in stored:
        index = classes.read(figures["label_class"])
        found[index] = _add(found[index], figures) if index in found else figures
    return [found[index] | {"label_class": classes.names[index]} for index in classes.order if index in found]


def _add(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The figures of two classes as one class."""
    counts = {name: one[name] + other[name] for name in ("given", "suggested", "issues")}
    scored = [each for each in (one, other) if each["mean_score"] is not None and each["given"]]
    total = sum(each["given"] for each in scored)
    mean = sum(each["mean_score"] * each["given"] for each in scored) / total if total else None
    return one | counts | {"mean_score": mean}


def _read_pairs(stored: list[dict[str, Any]], classes: ClassMap) -> list[dict[str, Any]]:
    """The confusions between classes that are different still, the most frequent first."""
    counts = Counter[tuple[int, int]]()
    for pair in stored:
        counts[classes.read(pair["given"]), classes.read(pair["suggested"])] += pair["count"]
    return [
        {"given": classes.names[given], "suggested": classes.names[suggested], "count": count}
        for (given, suggested), count in counts.most_common()
        if given != suggested
    ]


def _read_matrix(stored: list[list[int]], classes: ClassMap) -> list[list[int]]:
    """The confusion matrix; rows and columns of merged classes are added to those they were merged into."""
    if not classes.merged or not stored:
        return stored
    read = np.array([classes.read(index) for index in range(len(stored))])
    size = max(len(stored), int(read.max()) + 1)
    matrix = np.zeros((size, size), dtype=np.int64)
    np.add.at(matrix, (read[:, None], read[None, :]), np.array(stored))
    counts: list[list[int]] = matrix.tolist()
    return counts
