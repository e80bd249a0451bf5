"""A code that nobody knew is taught where it was scanned, by keys or by mouse, and acts at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.domain.scans import AmbiguousCode, UnknownCode
from app.ui.codes.dialog import TeachDialog
from app.ui.order.screen import OrderScreen
from tests.app.ui.shell.test_scans import BEGUN, LEFT, shown, status
from tests.helpers.hands import CONTROL, SKU, Hands, cells, dialog, named, texts
from tests.helpers.waiting import settle, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASE = "14006381333938"
EACH = "4006381333931"
OTHER = "HND-HAMMER-002"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager in Seattle, who sees every screen."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    yield person
    if (asked := dialog()) is not None:
        asked.reject()
    teaching = person.workplace.teaching.view_model
    await until(lambda: not teaching.busy, "a rest")
    teaching.hide()
    query = person.client.session.query
    await query("DELETE FROM product_codes WHERE taught_by IN ('Mia', 'Rob', 'Wes')")
    await until(lambda: all(is_unknown(person, one) for one in (CASE, EACH)), "them unknown")
    person.workplace.bar.line.clear()
    person.workplace.go("find")
    await person.rest()


def is_unknown(hands: Hands, code: str) -> bool:
    return isinstance(hands.read(code).meaning, UnknownCode)


def asked() -> TeachDialog:
    shown = dialog()
    assert isinstance(shown, TeachDialog)
    return shown


def bar(hands: Hands) -> list[str]:
    return texts(hands.workplace.teaching.bar)


async def enter(hands: Hands) -> None:
    """A person's, and not the end of the scan before."""
    hands._pause()
    await hands.press(Qt.Key.Key_Return)


async def taught(hands: Hands, code: str) -> None:
    await until(lambda: not is_unknown(hands, code) and dialog() is None, f"{code} known")
    await until(lambda: not hands.workplace.teaching.view_model.busy, "a rest")


async def test_by_keyboard_only_a_case_is_taught_and_opens_its_product(manager: Hands):
    await manager.scan(CASE)
    assert any(f"No product has the code {CASE}" in one for one in texts(manager.workplace))
    assert any(CASE in one for one in bar(manager))
    await manager.press(Qt.Key.Key_T, CONTROL)
    assert any(CASE in one for one in texts(asked()))
    assert any(one.startswith("GTIN-14") for one in texts(asked()))
    await manager.type("claw hammer")
    names = [one[0] for one in cells(asked().line.hits)]
    assert len(names) > 1
    await manager.press(Qt.Key.Key_Down)
    await manager.press(Qt.Key.Key_Return)
    assert asked().chosen.text().startswith(names[1][:20])
    assert asked().units.hasFocus() and asked().units.text() == ""
    await manager.press(Qt.Key.Key_Return)
    assert "Units: type how many are in it, such as 12." in texts(asked())
    await manager.type("12")
    await manager.press(Qt.Key.Key_Return)
    await taught(manager, CASE)
    meant = manager.read(CASE).product
    assert meant is not None and meant.units == 12
    await until(lambda: shown(manager) == meant.product_id, "its card")
    assert any("from now on." in one for one in bar(manager))
    assert any("12 units of" in one for one in bar(manager))
    await manager.press(Qt.Key.Key_Z, CONTROL)
    await until(lambda: is_unknown(manager, CASE), "it taken back")
    await until(lambda: any("Taken back" in one for one in bar(manager)), "the sentence")


async def test_by_mouse_only(manager: Hands):
    await manager.scan(EACH)
    await manager.click(named(manager.workplace, "This is… (Ctrl+T)"))
    asked().line.line.setText("hammer")
    await manager.click_row(asked().line.hits, 1)
    assert asked().units.text() == "1"
    await manager.click(named(asked(), "This is it"))
    await taught(manager, EACH)
    await manager.click(named(manager.workplace.teaching.bar, "Undo"))
    # The status line has one too, which is not to be seen: nothing was changed.
    await until(lambda: is_unknown(manager, EACH), "it taken back")


@pytest.mark.parametrize("name", ["order", "receive", "reorder", "transfers", "count"])
async def test_the_scan_counts_on_the_screen_where_it_was_made(manager: Hands, name: str):
    screen: Any = manager.workplace.go(name)
    count = await BEGUN[name](manager, screen)
    await manager.scan(CASE)
    assert manager.workplace.current is screen
    assert any(f"No product has the code {CASE}" in one for one in texts(screen))
    await manager.press(Qt.Key.Key_T, CONTROL)
    await manager.scan(SKU)
    assert count() == 0, "a scan in the dialog books nothing"
    assert asked().units.hasFocus()
    await manager.type("12")
    await manager.press(Qt.Key.Key_Return)
    await taught(manager, CASE)
    await until(lambda: count() == 12, f"12, not {count()}")
    await manager.scan(CASE)
    await until(lambda: count() == 24, f"24, not {count()}")
    await LEFT[name](screen)


async def test_from_the_history_it_is_filtered(manager: Hands):
    screen: Any = manager.workplace.go("history")
    await manager.scan(EACH)
    await manager.press(Qt.Key.Key_T, CONTROL)
    await manager.scan(SKU)
    await enter(manager)
    await taught(manager, EACH)
    await until(lambda: manager.workplace.current is screen, "the history")
    assert screen.product.text() == EACH
    screen._clear()


async def test_a_scan_in_the_dialog_never_acts_as_a_person(manager: Hands):
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    await manager.scan(EACH)
    await manager.press(Qt.Key.Key_T, CONTROL)
    for code, said in (
        (EACH, "This is the code in question"),
        ("LOC-3-B", "is a place, no product"),
        ("036000291452", "No product has the code 036000291452"),
    ):
        await manager.scan(code)
        assert any(said in one for one in texts(asked())), said
        assert is_unknown(manager, EACH)
    await manager.scan(SKU)
    await manager.scan(OTHER)
    assert asked().chosen.text().endswith(OTHER)
    assert asked().units.text() == "1", "no code is a quantity"
    await manager.press(Qt.Key.Key_Escape)
    await settle()
    assert dialog() is None and not order.view_model.state.rows
    assert is_unknown(manager, EACH)


@pytest.mark.parametrize("role", [Role.WORKER, Role.REP])
async def test_everybody_may_teach(manager: Hands, role: Role):
    await manager.begin(role, name={Role.WORKER: "Wes", Role.REP: "Rob"}[role])
    await manager.scan(f"]E0{EACH}" if role is Role.REP else EACH)
    await manager.press(Qt.Key.Key_T, CONTROL)
    await manager.scan(SKU)
    await enter(manager)
    await taught(manager, EACH)
    assert manager.read(EACH).product_id == manager.read(SKU).product_id
    await manager.begin(Role.MANAGER, name="Mia")


async def test_with_another_keyboard_layout_what_the_scanner_sent_is_taught(manager: Hands):
    manager.workplace.scan("ACMEß17ß2")
    await manager.press(Qt.Key.Key_T, CONTROL)
    assert any("set to a US keyboard" in one for one in texts(asked()))
    await manager.scan(SKU)
    await enter(manager)
    await taught(manager, "ACME-17-2")
    assert manager.read("ACMEß17ß2").product_id == manager.read(SKU).product_id


async def test_a_code_that_another_product_got_meanwhile_moves_or_is_both(manager: Hands):
    hammer, other = manager.read(SKU).product_id or "", manager.read(OTHER).product_id or ""
    await manager.scan(EACH)
    await manager.press(Qt.Key.Key_T, CONTROL)
    await manager.scan(OTHER)
    manager._pause()
    actor = manager.workplace.teaching.view_model._actor
    await manager.repositories.product_codes.teach(EACH, hammer, 1, actor)
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: not isinstance(dialog(), TeachDialog), "the question")
    question = dialog()
    assert question is not None
    assert any("It is a code of 16 oz Curved Claw Hammer." in one for one in texts(question))
    await manager.click(named(question, "It is both: a scan asks which one"))
    await until(lambda: isinstance(manager.read(EACH).meaning, AmbiguousCode), "both")
    await until(lambda: shown(manager) == other, "the chosen one")
    manager.workplace.teaching.view_model.undo()
    await until(lambda: manager.read(EACH).product_id == hammer, "only one again")


async def test_what_is_no_code_is_not_offered_and_the_offer_goes_with_the_next_scan(manager: Hands):
    await manager.press(Qt.Key.Key_T, CONTROL)
    assert dialog() is None
    assert "Ctrl+T says whose it is" in status(manager)
    await manager.scan(EACH)
    assert named(manager.workplace, "This is… (Ctrl+T)").isEnabled()
    await manager.scan(SKU)
    assert not manager.workplace.teaching.bar.isVisible()
    manager.workplace.scan("(00)340123450000000000")
    await settle()
    assert not manager.workplace.teaching.bar.isVisible()


async def test_a_code_that_is_typed_can_be_taught_too(manager: Hands):
    order = manager.workplace.go("order")
    assert isinstance(order, OrderScreen)
    order.focus_first()
    await manager.paste(CASE)
    await manager.press(Qt.Key.Key_T, CONTROL)
    await manager.scan(SKU)
    await manager.type("6")
    await manager.press(Qt.Key.Key_Return)
    await taught(manager, CASE)
    await until(lambda: [one.line.quantity for one in order.view_model.state.rows] == [6], "6")
    assert order.cart.line.line.text() == ""
    await LEFT["order"](order)
