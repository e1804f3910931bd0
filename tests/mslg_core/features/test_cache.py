"""Features are extracted once, however many methods a run tries."""

import pytest

from mslg_core.configs.job import parse_config
from mslg_core.features import features
from mslg_core.features.cache import MemoryCache
from mslg_core.training.model_selection import make_trainer
from tests.mslg_core.training_sets import make_training_set


def test_memory_cache_returns_what_was_saved() -> None:
    cache = MemoryCache()
    assert cache.load("a") is None
    cache.save("a", b"1")
    assert cache.load("a") == b"1"
    assert MemoryCache().load("a") is None


def test_candidates_share_their_features(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[features.Extracted] = []

    def extract_all(*args: object, **named: object) -> features.Extracted:
        made.append(extract(*args, **named))  # type: ignore[arg-type]
        return made[-1]

    extract = features.extract_all
    monkeypatch.setattr(features, "extract_all", extract_all)
    settings = {"backbone": "patches", "candidates": ["mslg", "pencil"], "epochs": 2, "warmup_epochs": 1}
    trainer = make_trainer(make_training_set(60)[0], parse_config({"method": "auto", **settings}), "cpu")
    assert len(list(trainer.run())) == 4
    assert len(made) == 1
