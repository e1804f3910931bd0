"""Types of columns, and the names of users' columns in exports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mslg_rules.exported_fields import FIELDS, PREFIX, from_exported, to_exported
from mslg_rules.metadata import MAX_DISTINCT, ColumnFacts, ColumnType, form_of, typed


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2.50", "0", "1e3"], "number"),
        (["007", "1"], "text"),  # a number would lose the zeros
        (["9007199254740993"], "text"),  # a float would change it
        (["1e999"], "text"),
        (["nan", "1"], "text"),
        (["true", "false"], "boolean"),
        (["True", "false"], "text"),
        (["2024-05-01", "2023-02-28"], "time"),
        (["2024-02-30"], "text"),
        (["2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"], "time"),
        (["2024-05-01T10:00:00Z", "2024-05-01T11:00:00+02:00"], "text"),  # not in order as text
        (["2024-05-01 10:00:00", "2024-05-01 10:00:00.5"], "time"),
        (["2024-05-01T10:00:00Z", "2024-05-01T10:00:00.5Z"], "text"),
        (["2024:05:01 10:00:00"], "time"),
        (["٣"], "text"),
        ([], "text"),
    ],
)
def test_a_column_has_the_type_that_all_its_values_have(values: list[str], kind: str) -> None:
    facts = ColumnFacts()
    for value in values:
        facts.add(value)
    assert facts.describe("c")["type"] == kind


def test_distinct_values_are_counted_up_to_a_limit() -> None:
    facts = ColumnFacts()
    for number in range(MAX_DISTINCT + 5):
        facts.add(str(number))
    described = facts.describe("c")
    assert (described["filled"], described["distinct"]) == (MAX_DISTINCT + 5, None)
    assert (described["min"], described["max"]) == ("0", str(MAX_DISTINCT + 4))


@given(st.integers(-(2**53), 2**53))
def test_whole_numbers_stay_exact(number: int) -> None:
    kind, _ = form_of(str(number))
    assert kind is ColumnType.NUMBER
    assert typed(str(number), kind) == number


names = st.text(max_size=8) | st.sampled_from([*FIELDS, "Label", PREFIX])


@given(names, st.integers(0, 3))
def test_names_of_columns_return_from_exports_and_are_never_ours(name: str, prefixes: int) -> None:
    name = PREFIX * prefixes + name
    exported = to_exported(name)
    assert from_exported(exported) == name
    assert exported.casefold() not in FIELDS


@given(st.sampled_from(sorted(FIELDS)))
def test_our_own_fields_are_no_metadata(name: str) -> None:
    assert from_exported(name) is None
