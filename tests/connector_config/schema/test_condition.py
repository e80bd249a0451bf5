"""Conditions mean on the real store what they mean in Python, however many lists are in them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector_config.schema.condition import (
    EVERYTHING,
    NOTHING,
    Condition,
    at_least,
    equal,
    one_of,
)
from connector_config.store.local_store import open_local_store

Document = dict[str, Any]
Run = Callable[..., list[Document]]

COUNT = 14
DOCUMENTS: list[Document] = [
    {
        "_id": {"store": f"a{a}", "name": f"b{b}"},
        "store": f"a{a}",
        "part": {"name": f"b{b}"},
        "number": (3 * a + b) % COUNT,
    }
    for a in range(COUNT)
    for b in range(COUNT)
]


class Both(NamedTuple):
    """A condition, and the same in Python."""

    condition: Condition
    holds: Callable[[Document], bool]


def listed(field: str, values: list[Any], of: Callable[[Document], Any]) -> Both:
    """That a field has one of these values."""
    return Both(one_of(field, values), lambda document: of(document) in values)


def some(values: Sequence[Any]) -> st.SearchStrategy[list[Any]]:
    """Up to twelve of these: Ditto begins to mistake lists at six."""
    return st.integers(0, 12).flatmap(
        lambda size: st.lists(st.sampled_from(values), min_size=size, max_size=size)
    )


LISTS = st.one_of(
    some([f"a{one}" for one in range(COUNT + 1)]).map(
        lambda its: listed("store", its, lambda d: d["store"])
    ),
    some([f"b{one}" for one in range(COUNT + 1)]).map(
        lambda its: listed("part.name", its, lambda d: d["part"]["name"])
    ),
    some(range(COUNT + 1)).map(lambda its: listed("number", its, lambda d: d["number"])),
    some([one["_id"] for one in DOCUMENTS]).map(lambda its: listed("_id", its, lambda d: d["_id"])),
)
PLAIN = st.one_of(
    st.just(Both(EVERYTHING, lambda _: True)),
    st.integers(0, COUNT).map(lambda n: Both(equal("number", n), lambda d: d["number"] == n)),
    st.integers(0, COUNT).map(lambda n: Both(at_least("number", n), lambda d: d["number"] >= n)),
)


def joined(inner: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    """Conditions made of others."""
    return st.one_of(
        inner.map(lambda one: Both(~one.condition, lambda d: not one.holds(d))),
        st.tuples(inner, inner).map(
            lambda two: Both(
                two[0].condition & two[1].condition, lambda d: two[0].holds(d) and two[1].holds(d)
            )
        ),
        st.tuples(inner, inner).map(
            lambda two: Both(
                two[0].condition | two[1].condition, lambda d: two[0].holds(d) or two[1].holds(d)
            )
        ),
    )


CONDITIONS = st.recursive(LISTS | PLAIN, joined, max_leaves=6)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Runs a statement on a store with all documents, and gives its rows."""
    with asyncio.Runner() as runner:
        peer = runner.run(open_local_store(tmp_path_factory.mktemp("conditions")))

        def query(statement: str, parameters: Document | None = None) -> list[Document]:
            with runner.run(peer.store.execute(statement, parameters)) as result:
                return [item.value for item in result.items]

        query("CREATE INDEX docs_store ON docs (store)")
        query("INSERT INTO docs DOCUMENTS (:documents)", {"documents": DOCUMENTS})
        yield query
        runner.run(peer.close())


def found(run: Run, condition: Condition) -> set[tuple[str, str]]:
    where, parameters = condition.where()
    return ids(run(f"SELECT _id FROM docs{where}", parameters))


def ids(documents: list[Document]) -> set[tuple[str, str]]:
    return {(one["_id"]["store"], one["_id"]["name"]) for one in documents}


@settings(max_examples=25, deadline=None)
@given(LISTS, LISTS)
def test_two_lists_find_what_python_finds(run: Run, left: Both, right: Both):
    a, b = left.condition, right.condition
    for condition, holds in (
        (a & b, lambda d: left.holds(d) and right.holds(d)),
        (a | b, lambda d: left.holds(d) or right.holds(d)),
        (~a & ~b, lambda d: not left.holds(d) and not right.holds(d)),
    ):
        assert found(run, condition) == ids([d for d in DOCUMENTS if holds(d)])


@settings(max_examples=40, deadline=None)
@given(CONDITIONS)
def test_a_query_finds_what_python_finds(run: Run, both: Both):
    assert found(run, both.condition) == ids([one for one in DOCUMENTS if both.holds(one)])


@settings(max_examples=25, deadline=None)
@given(CONDITIONS, CONDITIONS)
def test_an_eviction_leaves_what_python_leaves(run: Run, first: Both, second: Both):
    where, parameters = (first.condition & ~second.condition).where()
    run(f"EVICT FROM docs{where}", parameters)
    left = run("SELECT _id FROM docs")
    run(
        "INSERT INTO docs DOCUMENTS (:documents) ON ID CONFLICT DO NOTHING",
        {"documents": DOCUMENTS},
    )
    gone = [one for one in DOCUMENTS if first.holds(one) and not second.holds(one)]
    assert ids(left) == ids(DOCUMENTS) - ids(gone)


def test_only_the_first_list_is_an_in():
    wanted = one_of("store", ["a", "b"]) & at_least("at", 1) & ~one_of("_id", [{"x": 1}])
    assert wanted.where() == (
        " WHERE ((store IN :value0) AND (at >= :value1)) AND (NOT (array_contains(:value2, _id)))",
        {"value0": ["a", "b"], "value1": 1, "value2": [{"x": 1}]},
    )


def test_everything_and_nothing_leave_no_trace_in_others():
    condition = equal("store", "a")
    assert (EVERYTHING.where(), NOTHING.where()) == (("", {}), (" WHERE false", {}))
    assert (
        condition & EVERYTHING
        == EVERYTHING & condition
        == condition | NOTHING
        == NOTHING | condition
        == condition
    )
    assert condition | EVERYTHING == EVERYTHING | condition == EVERYTHING == ~NOTHING
    assert condition & NOTHING == NOTHING & condition == NOTHING == ~EVERYTHING
