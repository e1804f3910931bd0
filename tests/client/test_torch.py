"""An export as a dataset for PyTorch: images, soft labels, and certainty where a person decided."""

from pathlib import Path

import numpy as np
import pytest
import torch

from mslg_client import Job, MslgError
from mslg_client.torch import SoftLabelDataset
from tests.digits import Digits


@pytest.fixture(scope="module")
def webdataset(cleaned: Job, tmp_path_factory: pytest.TempPathFactory) -> SoftLabelDataset:
    return SoftLabelDataset(cleaned.export("webdataset", tmp_path_factory.mktemp("tar")))


@pytest.fixture(scope="module")
def table(cleaned: Job, digits: Digits, tmp_path_factory: pytest.TempPathFactory) -> SoftLabelDataset:
    path = cleaned.export("parquet", tmp_path_factory.mktemp("parquet"))
    return SoftLabelDataset(path, images=digits.folder)


def test_both_exports_give_the_same_items(webdataset: SoftLabelDataset, table: SoftLabelDataset) -> None:
    assert len(webdataset) == len(table) == 600
    assert webdataset.num_classes == table.num_classes == 10
    for index in (0, 17, 599):
        (image, soft), (same_image, same_soft) = webdataset[index], table[index]
        assert torch.equal(image, same_image)
        assert torch.equal(soft, same_soft)
        assert (image.shape, image.dtype, soft.dtype) == ((3, 8, 8), torch.float32, torch.float32)


def test_soft_labels_are_those_of_the_job(cleaned: Job, table: SoftLabelDataset) -> None:
    rows = {row["file_name"]: row for row in cleaned.results()}
    names = table._export._rows["file_name"].to_pylist()  # type: ignore[attr-defined] # the order of the items
    settled = 0
    for index, name in enumerate(names):
        soft = table[index][1].numpy()
        if rows[name]["corrected_by"] == "person":
            settled += 1
            assert soft[int(rows[name]["corrected_label"])] == soft.sum() == 1
        else:
            np.testing.assert_allclose(soft, rows[name]["soft_label"], atol=1e-6)
    assert settled == 100


def test_workers_and_transforms(cleaned: Job, tmp_path: Path) -> None:
    path = cleaned.export("webdataset", tmp_path)
    data = SoftLabelDataset(path, transform=lambda image: image.size[0])
    loader = torch.utils.data.DataLoader(data, batch_size=300, num_workers=0)
    assert [(widths.tolist(), soft.shape) for widths, soft in loader] == [([8] * 300, (300, 10))] * 2


def test_another_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MslgError, match="webdataset"):
        SoftLabelDataset(tmp_path / "a.zip")
    with pytest.raises(MslgError, match="folder of the images"):
        SoftLabelDataset(tmp_path / "a.parquet")
