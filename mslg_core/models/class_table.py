"""Values of N samples and C classes, such as soft labels: all of them, or of many classes only the largest.

With 20,000 classes and 100,000 images a dense table of floats takes 8 GB, and a run has several. Nearly all
its entries are the same, so each row keeps its largest entries, and the others share their mean.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from mslg_core import reports

DENSE_CLASSES = reports.DENSE_CLASSES
# Entries kept per row.
KEPT = 64
# Rows that are dense in memory at a time: 40 MB with 20,000 classes.
ROWS = 512


class ClassTable:
    """The largest `KEPT` entries of each row. Indexing with int64 [B] reads and writes dense rows [B, C].

    classes int64 [N, KEPT], values float32 [N, KEPT]: the kept entries; rest float32 [N]: the others' mean.
    """

    def __init__(self, classes: Tensor, values: Tensor, rest: Tensor, num_classes: int) -> None:
        self.classes, self.values, self.rest, self.num_classes = classes, values, rest, num_classes

    def __len__(self) -> int:
        return len(self.rest)

    def __getitem__(self, index: Tensor) -> Tensor:
        dense = self.rest[index].unsqueeze(1).repeat(1, self.num_classes)
        return dense.scatter_(1, self.classes[index], self.values[index])

    def __setitem__(self, index: Tensor, rows: Tensor) -> None:
        top = rows.topk(KEPT, dim=1)
        self.classes[index], self.values[index] = top.indices, top.values
        self.rest[index] = (rows.sum(dim=1) - top.values.sum(dim=1)) / (self.num_classes - KEPT)

    def argmax(self, dim: int = 1) -> Tensor:
        """The class of the largest entry of each row, int64 [N]."""
        return self.classes.gather(dim, self.values.argmax(dim=dim, keepdim=True)).squeeze(dim)

    def any(self) -> Tensor:
        """Whether any entry is not zero."""
        return self.values.any() | self.rest.any()

    def copy_(self, other: "ClassTable | dict[str, Tensor]") -> None:
        """Take the entries of another table, or of what `pack` returned."""
        state = pack(other) if isinstance(other, ClassTable) else other
        for name, value in state.items():
            getattr(self, name).copy_(value)


Table = Tensor | ClassTable


def parts(size: int, device: torch.device) -> Iterator[Tensor]:
    """The rows of a table in parts, int64 [at most ROWS] each."""
    yield from torch.split(torch.arange(size, device=device), ROWS)


def is_many(num_classes: int) -> bool:
    """Whether tables of so many classes are sparse."""
    return num_classes > DENSE_CLASSES


def zeros_table(size: int, num_classes: int, device: torch.device) -> Table:
    """A table [N, C] of zeros."""
    if not is_many(num_classes):
        return torch.zeros(size, num_classes, device=device)
    classes = torch.arange(KEPT, device=device).repeat(size, 1)
    values = torch.zeros(size, KEPT, device=device)
    return ClassTable(classes, values, torch.zeros(size, device=device), num_classes)


def one_hot_table(labels: Tensor, num_classes: int, scale: float = 1.0) -> Table:
    """A table [N, C] with `scale` at the class of each of the labels int64 [N], and 0 elsewhere."""
    if not is_many(num_classes):
        return F.one_hot(labels, num_classes).to(torch.float32) * scale
    table = zeros_table(len(labels), num_classes, labels.device)
    assert isinstance(table, ClassTable)  # noqa: S101 # for the type checker
    table.classes += labels.unsqueeze(1)
    table.classes %= num_classes
    table.values[:, 0] = scale
    return table


def move(table: Table, target: Table, weight: float) -> None:
    """Move all entries of `table` towards those of `target` by the share `weight`."""
    if isinstance(table, Tensor) and isinstance(target, Tensor):
        table.lerp_(target, weight)
        return
    for index in parts(len(table), _device(table)):
        table[index] = table[index].lerp_(target[index], weight)


def peaks(table: Table) -> Tensor:
    """The class of the largest entry of each row, int64 [N]."""
    return table.argmax(dim=1)


def _device(table: Table) -> torch.device:
    return table.device if isinstance(table, Tensor) else table.rest.device


def to_dense(table: Table) -> Tensor:
    """All entries, [N, C]. Of many classes they may not fit into memory."""
    if isinstance(table, Tensor):
        return table
    return table[torch.arange(len(table), device=_device(table))]


def pack(table: Table) -> Any:
    """A table as tensors, for a checkpoint."""
    if isinstance(table, Tensor):
        return table
    return {"classes": table.classes, "values": table.values, "rest": table.rest}
