"""Damaged tables of verified labels: each is taken, or refused with a reason; none is an internal error."""

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from store.models import Dataset
from tests.api.support import SQLITE_ONLY
from tests.mutations import FUZZ, mutated

pytestmark = SQLITE_ONLY

NAMES = [f"{label}/{n:04d}.png" for n, label in enumerate(["cat", "dog", "owl"] * 2)]
CSV = "file_name,label\n" + "".join(f"{name},{name[:3]}\n" for name in NAMES)
TABLES = (
    CSV.encode(),
    CSV.replace(",", ";").encode("utf-16"),
    CSV.replace("\n", "\r\n").encode("cp1252"),
    ("id,label,verdict\n" + "".join(f"id-{n},,wrong_unknown\n" for n in range(6))).encode(),
    "".join(f'{{"file_name": "{name}", "label": "{name[:3]}"}}\n' for name in NAMES).encode(),
)


@FUZZ
@given(data=mutated(TABLES), kind=st.sampled_from(["text/csv", "application/x-ndjson", "application/jsonl"]))
def test_damaged_tables_are_taken_or_refused_with_a_reason(
    client: TestClient, dataset: Dataset, data: bytes, kind: str
) -> None:
    path = f"/datasets/{dataset.id}/verifications"
    response = client.post(path, content=data, headers={"Content-Type": kind})
    assert response.status_code < 500
    answer = response.json()
    if response.status_code >= 400:
        assert answer["detail"].strip()
        assert answer["title"].strip()
    else:
        assert {"accepted"} <= answer.keys()
