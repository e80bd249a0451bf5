"""The repositories of a sign-in: one of each, made in one place."""

from __future__ import annotations

import ast
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

import app
from app.config import repositories
from app.config.repositories import Repositories
from app.data.store.session import Session

KINDS = {
    name: made.func.__annotations__["return"]
    for name, made in vars(Repositories).items()
    if isinstance(made, cached_property)
}
"""The class of each, by name."""


class NoSession(Session):
    """Nothing is read or written while they are made."""

    def __init__(self) -> None: ...


def sign_in() -> Repositories:
    return Repositories(NoSession(), lambda: datetime(2026, 11, 21, tzinfo=UTC), "store_tacoma")


@pytest.mark.parametrize("name", KINDS)
def test_each_is_made_once_a_sign_in(name: str) -> None:
    mine, others = sign_in(), sign_in()
    made = getattr(mine, name)
    assert type(made).__name__ == KINDS[name]
    assert getattr(mine, name) is made
    assert getattr(others, name) is not made


def test_what_stands_on_others_shares_them() -> None:
    mine = sign_in()
    assert mine.alerts._transfers is mine.transfers
    assert mine.alerts._purchase_orders is mine.purchase_orders
    assert mine.alerts._receipts is mine.receiving


def test_nobody_exchanges_one() -> None:
    with pytest.raises(FrozenInstanceError):
        sign_in().stock = sign_in().stock


def test_nothing_else_of_the_app_makes_one() -> None:
    calls = [
        (file.name, node.func.id)
        for file in Path(app.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    # Nobody is signed in where these look into a store.
    before = ("beginning.py", "doctor.py", "door.py", "staff.py")
    makers = [(file, name) for file, name in calls if name in KINDS.values() and file not in before]
    here = Path(repositories.__file__).name
    assert sorted(makers) == sorted((here, name) for name in KINDS.values())
