"""What the oracle says of values is what Ditto says of them."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.dql.trial import Case, DittoEngine, difference, engine

pytestmark = pytest.mark.asyncio(loop_scope="module")

_VALUES: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "three": 3,
    "three point": 3.0,
    "four and a half": 4.5,
    "below zero": -1.25,
    "long": 2**62,
    "too long": 2**63 + 5,
    "huge": 1e308,
    "empty": "",
    "text": "Abc",
    "foreign": "É",
    "digits": "3",
    "a blank": " 3",
    "exponent": "7E2",
    "infinite": "Infinity",
    "no number": "NaN",
    "parts": "a-b-c-17",
    "map": {"a": 1},
    "empty map": {},
    "null in a map": {"a": None, "b": [1]},
    "list": ["a"],
    "empty list": [],
}
_DOCUMENTS = [{"_id": "missing"}] + [{"_id": name, "v": its} for name, its in _VALUES.items()]
# About one time in five hundred, as its hash has it, Ditto puts 3 and 3.0 into one group.
_ALONE = [one for one in _DOCUMENTS if one["_id"] != "three point"]
_ROWS = [
    *(
        "v",
        "v.a",
        "v.a.b",
        "coalesce(v, 0)",
        "lower(v)",
        "object_length(v)",
        "split(v, '-')",
        "trim(v)",
    ),
    *("split(v, '-')[3]", "CAST(v AS INT)", "CAST(v AS FLOAT)", "CASE WHEN v THEN 1 END"),
    *("v + 1", "v - 1", "v * 2", "v * v", "v / 2", "v / 2.0", "1 / v", "-v", "v + coalesce(v, 0)"),
    *("v = 3", "v != 3", "v < 4.5", "v <= 'Abc'", "v > 'A'", "v >= true", "v = :null"),
    *("NOT v", "v AND v = 3", "v = 3 AND v", "v OR v = 3", "v = 3 OR v", "NOT (v = 3)"),
    # Where a value has the wrong type for what is done with it, neither ELSE nor OR helps.
    *(f"CASE WHEN {one} THEN 1 ELSE 0 END" for one in ("v = 3", "v IN :numbers", "lower(v) = 'é'")),
    *("v IN :numbers OR v IS NOT MISSING", "v IS NOT MISSING OR v IN :numbers", "v + 1 > 0 OR v"),
    *("NOT (v = 3 AND v IN :numbers)", "NOT (v IN :numbers AND v = 3)", "coalesce(lower(v), 1)"),
    *("v IS NULL", "v IS MISSING", "v IS NOT NULL", "v IS NOT MISSING", "v.a IS MISSING"),
    "v BETWEEN 1 AND 4",
    *("v IN :numbers", "v IN :mixed", "v IN :with_null", "v IN :none", "v IN :null"),
    *(
        "NOT (v IN :with_null)",
        "v IN :six",
        "NOT (v IN :six)",
        "array_contains(:mixed, v)",
        "array_contains(:none, v)",
    ),
    *("array_contains(:with_null, v)", "array_contains(:null, v)", "CAST(v AS FLOAT) <= 4"),
]
_GROUPS = [
    *("COUNT(*)", "COUNT(v)", "COUNT(DISTINCT v)", "SUM(v)", "-SUM(v)", "MIN(v)", "MAX(v)"),
    *("SUM(CASE WHEN v IN :numbers THEN 1 ELSE 0 END)", "SUM(v * v)"),
    *("COUNT(lower(v))", "SUM(CASE WHEN v = 3 THEN 1 ELSE 0 END)"),
]
_PARAMETERS: dict[str, Any] = {
    "null": None,
    "numbers": [3, 0],
    "mixed": [3, "Abc"],
    "with_null": [None, 3],
    "none": [],
    "six": [3, None, 0, "Abc", {"a": 1}, 1],
    "nowhere": "nowhere",
    "twice": ["three", "three", "text", "nowhere"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ditto(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DittoEngine]:
    """A store."""
    async with engine(tmp_path_factory.mktemp("rules")) as opened:
        yield opened


async def _agree(ditto: DittoEngine, dql: str, documents: list[dict[str, Any]]) -> None:
    parameters = {name: its for name, its in _PARAMETERS.items() if f":{name}" in dql}
    case = Case(dql, documents, parameters, indexes=False)
    assert not difference(case, await ditto.outcome(case)), case.dql


@pytest.mark.parametrize("expression", _ROWS)
async def test_the_value_of_an_expression(ditto: DittoEngine, expression: str):
    await _agree(ditto, f"SELECT _id, {expression} AS r FROM c", _DOCUMENTS)
    # In a condition whatever is not true is false.
    await _agree(ditto, f"SELECT _id FROM c WHERE {expression}", _DOCUMENTS)


@pytest.mark.parametrize("expression", _GROUPS)
async def test_the_value_of_an_aggregate(ditto: DittoEngine, expression: str):
    column = f"{expression} AS r"
    await _agree(ditto, f"SELECT {column} FROM c", _DOCUMENTS)
    await _agree(ditto, f"SELECT {column} FROM c WHERE v IS MISSING OR v IS NULL", _DOCUMENTS)
    await _agree(ditto, f"SELECT {column}, v FROM c GROUP BY v", _ALONE)
    # Nothing to group is one row without a group.
    await _agree(ditto, f"SELECT {column}, v FROM c WHERE _id = :nowhere GROUP BY v", _DOCUMENTS)


@pytest.mark.parametrize(
    "dql",
    [
        "SELECT _id FROM c ORDER BY v, _id",
        "SELECT _id FROM c ORDER BY v DESC, _id",
        "SELECT _id FROM c ORDER BY CAST(v AS FLOAT), _id DESC",
        "SELECT _id FROM c ORDER BY v LIMIT 5 OFFSET 3",
        "SELECT DISTINCT v FROM c",
        "SELECT _id FROM c USE IDS LIST :twice",
        "SELECT COUNT(*) AS n FROM c USE IDS LIST :twice",
        "SELECT _id FROM c WHERE _id IN :twice",
        "SELECT _id FROM c WHERE _id IN :twice AND v = 3",
        "SELECT _id FROM c WHERE NOT (_id IN :twice)",
        "UPDATE c USE IDS LIST :twice APPLY n INCREMENT BY 2 SET at = '1'",
        "UPDATE c APPLY v INCREMENT BY 2",
        "UPDATE c SET at = v",
        "UPDATE c SET v = CASE WHEN v > 3 THEN v ELSE 3 END",
        "EVICT FROM c USE IDS LIST :twice",
        "EVICT FROM c USE IDS LIST :twice WHERE v > ''",
        "EVICT FROM c WHERE _id IN :twice",
        "EVICT FROM c WHERE v >= 0 LIMIT 2",
        "DELETE FROM c WHERE _id IN :twice",
        "DELETE FROM c WHERE NOT (v = 3)",
    ],
)
async def test_what_becomes_of_documents(ditto: DittoEngine, dql: str):
    await _agree(ditto, dql, _DOCUMENTS)


@pytest.mark.parametrize("conflict", ["", "DO NOTHING", "DO UPDATE", "DO UPDATE_LOCAL_DIFF"])
async def test_what_becomes_of_a_document_that_is_there(ditto: DittoEngine, conflict: str):
    how = f" ON ID CONFLICT {conflict}" if conflict else ""
    stored = [
        {"_id": "there", "map": {"x": 1, "y": {"z": 1}}, "number": 1, "list": [1, 2], "null": None}
    ]
    for change in (
        {"map": {"y": {"w": 2}}, "number": {"k": 1}, "list": [3], "null": 5, "new": None},
        {"map": 3, "number": None, "list": {"q": 1}, "null": {}},
        {"map": {"x": 1}, "number": 1},
        {"map": {}, "number": 1.0},
        {"map": {"y": {}}, "number": {"a": {}, "b": 1}, "new": {"c": {"d": {}}}},
        {},
    ):
        case = Case(
            f"INSERT INTO c DOCUMENTS (:documents){how}",
            stored,
            {"documents": [{"_id": "new"}, {"_id": "there", **copy.deepcopy(change)}]},
            indexes=False,
        )
        assert not difference(case, await ditto.outcome(case)), change
