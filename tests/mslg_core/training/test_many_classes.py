"""Runs with many classes keep a few per sample, and find what dense ones find."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from mslg_core.configs.job import parse_config
from mslg_core.errors import ConfigError
from mslg_core.images.training_set import TrainingSet
from mslg_core.models import class_table
from mslg_core.models.class_table import KEPT, ClassTable, move, one_hot_table, pack, peaks, to_dense
from mslg_core.ranking.metrics import auroc
from mslg_core.training.checkpoint import dump_checkpoint, load_checkpoint
from mslg_core.training.evidence import CANDIDATES, _fit_ridge, _settled
from mslg_core.training.model_selection import make_trainer
from mslg_core.training.neighbours import predict_ridge

NUM_CLASSES, PER_CLASS = 80, 6
WEIGHTS = 256  # of the network's last layer, per class


@pytest.fixture
def sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of more than 20 classes are sparse."""
    monkeypatch.setattr(class_table, "DENSE_CLASSES", 20)


@pytest.fixture
def data() -> TrainingSet:
    """Each class is a colour pattern; 20 % of the given labels are wrong."""
    rng = np.random.default_rng(0)
    true = np.arange(NUM_CLASSES * PER_CLASS, dtype=np.int64) % NUM_CLASSES
    patterns = rng.integers(0, 200, (NUM_CLASSES, 8, 8, 3))
    images = (patterns[true] + rng.integers(0, 55, (len(true), 8, 8, 3))).astype(np.uint8)
    given = true.copy()
    wrong = rng.choice(len(true), len(true) // 5, replace=False)
    given[wrong] = (given[wrong] + rng.integers(1, NUM_CLASSES, len(wrong))) % NUM_CLASSES
    verified = rng.permutation(len(true))[:120].astype(np.int64)
    meta, holdout = verified[:80], verified[80:]
    names = tuple(f"c{n}" for n in range(NUM_CLASSES))
    return TrainingSet(images, given, names, meta, true[meta], holdout, true[holdout])


def truth() -> np.ndarray:
    return np.arange(NUM_CLASSES * PER_CLASS) % NUM_CLASSES


def test_a_table_keeps_its_largest_entries_and_the_mean_of_the_others(sparse: None) -> None:
    table = one_hot_table(torch.tensor([3, 79]), NUM_CLASSES, 10.0)
    assert isinstance(table, ClassTable)
    assert peaks(table).tolist() == [3, 79]
    assert (to_dense(table) == 10.0 * torch.nn.functional.one_hot(torch.tensor([3, 79]), NUM_CLASSES)).all()
    rows = torch.randn(1, NUM_CLASSES)
    index = torch.tensor([1])
    table[index] = rows
    kept = rows.topk(KEPT).indices
    assert torch.equal(table[index].gather(1, kept), rows.gather(1, kept))
    assert torch.allclose(table[index].sum(), rows.sum(), atol=1e-4)
    other = one_hot_table(torch.tensor([0, 0]), NUM_CLASSES)
    other.copy_(pack(table))
    assert torch.equal(to_dense(other), to_dense(table))
    move(other, one_hot_table(torch.tensor([5, 5]), NUM_CLASSES, 100.0), 0.5)
    assert peaks(other).tolist() == [5, 5]


def test_ridge_predictions_in_parts_are_those_of_the_whole(data: TrainingSet) -> None:
    features = torch.randn(len(data.given), 40, generator=torch.Generator().manual_seed(0))
    features[:, :20] += torch.randn(NUM_CLASSES, 20)[torch.from_numpy(truth())]
    dense = predict_ridge(data, features)
    index = torch.arange(len(data.given)).flip(0)
    parts = _fit_ridge(data, features, _settled(data)).predict(index).flip(0).numpy()
    np.testing.assert_allclose(parts, dense, atol=2e-4)


@pytest.mark.parametrize("method", ["mslg", "cross_entropy", "pencil", "joint_optimization", "co_teaching"])
def test_wrong_labels_are_found_as_well_as_with_dense_tables(
    data: TrainingSet, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    found = {}
    for limit in (20, 500):
        monkeypatch.setattr(class_table, "DENSE_CLASSES", limit)
        trainer = make_trainer(data, parse_config({"method": method, "epochs": 4, "backbone": "patches"}))
        assert [report.epoch for report in trainer.run()] == [1, 2, 3, 4]
        found[limit] = trainer.result()
    sparse, dense = found[20], found[500]
    assert sparse.soft_labels.shape == (len(data.given), CANDIDATES)
    assert dense.soft_label_classes is None
    assert sparse.soft_label_classes is not None
    assert (sparse.soft_label_classes[:, 0] == data.given).all()
    np.testing.assert_allclose(sparse.soft_labels.sum(axis=1), 1, atol=1e-4)
    wrong = data.given != truth()
    scores = [auroc(-result.label_score, wrong) for result in (sparse, dense)]
    assert scores[0] > scores[1] - 0.03
    assert (sparse.suggestion == dense.suggestion).mean() > 0.8
    assert sparse.summary.holdout.suggestion_accuracy is not None
    assert sparse.neighbours.shape == dense.neighbours.shape
    errors = sparse.suspected_errors
    assert (errors.settled == truth()[errors.index]).all()


@pytest.mark.parametrize("method", ["mslg", "joint_optimization", "symmetric_ce", "auto"])
def test_a_run_resumes_to_the_bit(sparse: None, data: TrainingSet, method: str) -> None:
    config = parse_config({"method": method, "epochs": 3, "backbone": "patches"})
    whole = make_trainer(data, config)
    reports = whole.run()
    next(reports)
    next(reports)
    state = dump_checkpoint(whole)
    list(reports)
    resumed = make_trainer(data, config)
    load_checkpoint(resumed, state)
    list(resumed.run())
    for result in (whole.result(), resumed.result()):
        assert result.soft_label_classes is not None
    assert np.array_equal(whole.result().label_score, resumed.result().label_score)


class Shapes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records the shapes of all tensors that operations return."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: set[tuple[int, ...]] = set()

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = operation(*args, **(kwargs or {}))
        self.seen |= {tuple(value.shape) for value in tree_leaves(result) if isinstance(value, torch.Tensor)}
        return result


@pytest.mark.parametrize("backbone", ["patches", "train"])
@pytest.mark.parametrize("method", ["mslg", "cross_entropy", "pencil", "joint_optimization", "co_teaching"])
def test_no_table_has_a_row_per_sample_or_class_and_a_column_per_class(
    sparse: None, data: TrainingSet, monkeypatch: pytest.MonkeyPatch, method: str, backbone: str
) -> None:
    for module in ("models.class_table.ROWS", "features.ridge_loo.ROWS", "features.features.EVAL_BATCH"):
        monkeypatch.setattr(f"mslg_core.{module}", 50)
    monkeypatch.setattr("mslg_core.images.batches.EVAL_BATCH", 50)
    monkeypatch.setattr("mslg_core.features.choice.COMPARED_IMAGES", 50)
    settings = {"method": method, "epochs": 2, "warmup_epochs": 1, "batch_size": 40, "backbone": backbone}
    with Shapes() as shapes:
        trainer = make_trainer(data, parse_config(settings))
        list(trainer.run())
        trainer.result()
    rows = {shape[0] for shape in shapes.seen if len(shape) == 2 and shape[1] == NUM_CLASSES}
    assert rows >= {50}
    assert max(rows - {WEIGHTS}) < NUM_CLASSES


def test_a_method_that_is_quadratic_in_the_classes_is_refused(sparse: None, data: TrainingSet) -> None:
    for config in ({"method": "forward"}, {"method": "auto", "candidates": ["mslg", "forward"]}):
        with pytest.raises(ConfigError, match="at most 20 classes, and the dataset has 80"):
            make_trainer(data, parse_config(config))
