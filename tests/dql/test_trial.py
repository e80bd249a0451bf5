"""Every statement of the product gives what the oracle says, and planted faults are found."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from ditto.store import Store

from connector_config.schema.condition import one_of
from tests.dql.reader import UnknownDqlError, read
from tests.dql.statements import Known, known
from tests.dql.trial import Case, DittoEngine, Outcome, engine, first_failure

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PARTS = 6
_SEED = 1
_SEVERAL = {"stores": "list of text", "products": "list of text"}
_TWO_LISTS = Known(
    "SELECT * FROM inventory WHERE store_id IN :stores AND product_id IN :products", _SEVERAL
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ditto(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DittoEngine]:
    """A store with indexes, and one without."""
    async with engine(tmp_path_factory.mktemp("trial")) as opened:
        yield opened


class _LimitedByOneLess:
    """An engine that forgets the last row where there is a LIMIT."""

    def __init__(self, right: DittoEngine) -> None:
        self._right = right

    async def outcome(self, case: Case) -> Outcome:
        outcome = await self._right.outcome(case)
        return replace(outcome, rows=outcome.rows[:-1]) if " LIMIT " in case.dql else outcome


class _WrongSecondList:
    """An engine that looks in the first list for what should be in the second one."""

    def __init__(self, right: DittoEngine) -> None:
        self._right = right

    async def outcome(self, case: Case) -> Outcome:
        lists = [name for name, its in case.parameters.items() if isinstance(its, list)]
        second = dict.fromkeys(lists[1:2], case.parameters[lists[0]])
        return await self._right.outcome(replace(case, parameters={**case.parameters, **second}))


class _ForgetfulIndex:
    """An engine that does not find in an index what has no value in the sorted field."""

    def __init__(self, right: DittoEngine) -> None:
        self._right = right

    async def outcome(self, case: Case) -> Outcome:
        outcome = await self._right.outcome(case)
        if case.indexes and "ORDER BY at" in case.dql:
            return replace(outcome, rows=[row for row in outcome.rows if "at" in row])
        return outcome


@pytest.mark.parametrize("part", range(_PARTS))
async def test_every_statement_gives_what_the_oracle_says(ditto: DittoEngine, part: int):
    failed = await first_failure(ditto, known()[part::_PARTS], _SEED)
    assert failed is None, f"{failed[0].told()}\n{failed[1]}"


@pytest.mark.parametrize(
    ("broken", "part_of"),
    [
        (_LimitedByOneLess, "SELECT * FROM orders USE INDEX "),
        (_WrongSecondList, "EVICT FROM transfers WHERE (NOT "),
        (_ForgetfulIndex, "SELECT * FROM stock_movements WHERE inventory_id IN "),
    ],
)
async def test_a_planted_fault_is_found(
    ditto: DittoEngine,
    broken: type[_LimitedByOneLess | _WrongSecondList | _ForgetfulIndex],
    part_of: str,
):
    rows = [one for one in known() if one.dql.startswith(part_of)]
    assert rows
    failed = await first_failure(broken(ditto), rows, _SEED, rounds=20)
    assert failed is not None
    # Only what is needed is left.
    assert len(failed[0].documents) <= 2


async def test_the_two_lists_that_ditto_mistakes_are_found_without_the_guard(
    ditto: DittoEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Store, "execute", inspect.unwrap(Store.execute))
    failed = await first_failure(ditto, [_TWO_LISTS], _SEED, rounds=20)
    assert failed is not None
    # Six in each list, or it would be right.
    assert {len(its) for its in failed[0].parameters.values()} == {6}
    right = (one_of("store_id", []) & one_of("product_id", [])).where()[0]
    kinds = dict.fromkeys(("value0", "value1"), "list of text")
    row = Known(f"SELECT * FROM inventory{right}", kinds)
    assert await first_failure(ditto, [row], _SEED, rounds=20) is None


@pytest.mark.parametrize(
    "dql",
    [
        "SELECT upper(a) AS a FROM b",
        "SELECT a FROM b HAVING a",
        "SELECT a FROM b JOIN c ON a = d",
        "SELECT a.b FROM c",
        "UPSERT a",
        "SELECT a FROM b WHERE a LIKE 'x'",
        "UPDATE a UNSET b",
        "INSERT INTO a DOCUMENTS (:b) ON ID CONFLICT DO MERGE",
    ],
)
async def test_the_oracle_refuses_what_it_does_not_know(dql: str):
    with pytest.raises(UnknownDqlError):
        read(dql)
