"""The table of who may do what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.changes import Edit, Kind, NewlyMade
from app.domain.entities import Role
from app.domain.rights import RIGHTS, SCREENS, NotAllowedError, Right, check, may, sees, to_undo
from connector_config.schema import collections as names
from tests.helpers.fakes import make_actor


def test_every_right_is_somebodys_and_a_manager_has_them_all() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(may(Role.MANAGER, one) for one in Right)
    assert all(sees(Role.MANAGER, one) for one in SCREENS)


@pytest.mark.parametrize(
    ("right", "role", "said"),
    [
        (
            Right.CHANGE_STOCK,
            Role.REP,
            "A sales rep may not change stock or its places: ask a store worker or a manager.",
        ),
        (
            Right.SELL,
            Role.WORKER,
            "A store worker may not take orders or goods that come back: "
            "ask a sales rep or a manager.",
        ),
        (
            Right.KEEP_PEOPLE,
            Role.WORKER,
            "A store worker may not add or change people: ask a manager.",
        ),
    ],
)
def test_what_a_role_may_not_is_refused_with_who_may(right: Right, role: Role, said: str) -> None:
    with pytest.raises(NotAllowedError) as refused:
        check(make_actor(role), right)
    assert str(refused.value) == said
    check(make_actor(Role.MANAGER), right)


PAPER = NewlyMade(Kind.PAPER, "store_seattle", edits=[Edit(names.TRANSFERS, {}, {}, {})])
ONLY_EVERYBODYS = {Kind.CODE, Kind.PAPER}


def test_who_may_do_something_may_take_it_back() -> None:
    needed = {kind: to_undo(replace(PAPER, kind=kind, edits=())) for kind in Kind}
    # A kind that is new, and belongs to no screen, would be everybody's.
    assert {kind for kind, its in needed.items() if its is Right.TEACH_CODES} == ONLY_EVERYBODYS
    assert needed[Kind.STOCK] is Right.CHANGE_STOCK
    assert needed[Kind.CUSTOMER] is Right.KEEP_CUSTOMERS
    assert needed[Kind.CUSTOMERS_MERGED] is Right.MERGE_CUSTOMERS
    assert needed[Kind.SETTLED] is Right.SETTLE_OVERSOLD
    assert to_undo(PAPER) is Right.TRANSFER
