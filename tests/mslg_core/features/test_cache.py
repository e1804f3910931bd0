"""Features are extracted once, however many methods a run tries."""

from pathlib import Path
from typing import Any

import pytest

from mslg_core.configs.job import parse_config
from mslg_core.features.cache import FeatureCache, FolderCache, MemoryCache
from mslg_core.features.features import Extracted, Features
from mslg_core.training.model_selection import make_trainer
from tests.mslg_core.training_sets import make_training_set


@pytest.fixture(params=["memory", "folder"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> FeatureCache:
    return MemoryCache() if request.param == "memory" else FolderCache(tmp_path / "new")


def test_what_was_saved_is_loaded_listed_and_discarded(cache: FeatureCache) -> None:
    assert cache.load("a/b/1") is None
    assert cache.names("a") == []
    for key in ("a/b/1", "a/b/2", "a/bc/3"):
        cache.save(key, key.encode())
    assert cache.load("a/b/1") == b"a/b/1"
    assert sorted(cache.names("a")) == ["a/b/1", "a/b/2", "a/bc/3"]
    cache.discard("a/b")
    assert cache.names("a") == ["a/bc/3"]


def test_candidates_share_their_features(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Extracted] = []

    def fit_and_count(*args: Any, **named: Any) -> Extracted:
        made.append(fit(*args, **named))
        return made[-1]

    fit = Features._fit
    monkeypatch.setattr(Features, "_fit", fit_and_count)
    settings = {"backbone": "patches", "candidates": ["mslg", "pencil"], "epochs": 2, "warmup_epochs": 1}
    trainer = make_trainer(make_training_set(60)[0], parse_config({"method": "auto", **settings}), "cpu")
    assert len(list(trainer.run())) == 4
    assert len(made) == 1
