"""The codes on the product card: all see them, managers add, correct and remove them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt

from app.domain.entities import Role
from app.domain.scans import AmbiguousCode, ScannedProduct, UnknownCode
from app.ui.product.codes_card import CodeDialog, CodesCard
from tests.helpers.hands import SKU, Hands, dialog, named, somebody, texts
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASE = "14006381333938"
OTHER = "HND-HAMMER-002"


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def manager(person: Hands) -> AsyncIterator[Hands]:
    """Mia, a manager in Seattle, at the hammer's card."""
    if person.client.workplace is None:
        await person.begin(Role.MANAGER, name="Mia")
    await person.open(SKU)
    yield person
    if (asked := dialog()) is not None:
        asked.reject()
    await until(lambda: not card(person).view_model.actions.running, "a rest")
    query = person.client.session.query
    await query("DELETE FROM product_codes WHERE taught_by IN ('Mia', 'Ben')")
    await until(lambda: isinstance(person.read(CASE).meaning, UnknownCode), "it unknown")
    person.workplace.go("find")
    await person.rest()


def card(hands: Hands) -> CodesCard:
    return hands.workplace.product.codes


def asked() -> CodeDialog:
    shown = dialog()
    assert isinstance(shown, CodeDialog)
    return shown


async def test_a_case_is_added_by_a_scan_corrected_and_removed(manager: Hands):
    hammer = manager.read(SKU).product_id or ""
    await manager.click(named(card(manager), "Add a code…"))
    await manager.scan(CASE)
    assert asked().edit.text() == CASE
    assert asked().units.hasFocus() and asked().units.text() == ""
    await manager.type("12")
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: manager.read(CASE).meaning == ScannedProduct(hammer, 12), "12")
    await until(lambda: CASE in texts(card(manager)), "it on the card")
    assert any(one.startswith("GTIN-14, Mia, ") for one in texts(card(manager)))
    (units,) = [
        one
        for one in card(manager).findChildren(type(named(card(manager), "Add a code…")))
        if one.accessibleName() == f"Units of {CASE}" and one.isVisible()
    ]
    units.setFocus()
    await manager.press(Qt.Key.Key_Return)
    await manager.scan(SKU)
    assert any("a scan is no number" in one for one in texts(asked()))
    await manager.type("24")
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: manager.read(CASE).meaning == ScannedProduct(hammer, 24), "24")
    await until(lambda: "24 units" in texts(card(manager)), "it on the card")
    await manager.click(named(card(manager), "Undo"))
    await until(lambda: manager.read(CASE).meaning == ScannedProduct(hammer, 12), "12 again")
    (code,) = [one for one in card(manager).view_model.state.codes if one.code == CASE]
    card(manager).view_model.remove(code)
    await until(lambda: isinstance(manager.read(CASE).meaning, UnknownCode), "it removed")
    await manager.click(named(card(manager), "Undo"))
    await until(lambda: manager.read(CASE).meaning == ScannedProduct(hammer, 12), "12 once more")


@pytest.mark.parametrize("moves", [True, False])
async def test_the_code_of_another_product_moves_or_is_both(manager: Hands, moves: bool):
    hammer, other = manager.read(SKU).product_id or "", manager.read(OTHER).product_id or ""
    codes = manager.repositories.product_codes
    await codes.teach(CASE, other, 6, somebody("store_seattle"))
    await until(lambda: manager.read(CASE).product_id == other, "the other one's")
    await manager.click(named(card(manager), "Add a code…"))
    await manager.paste(CASE)
    await manager.press(Qt.Key.Key_Return)
    await manager.type("12")
    await manager.press(Qt.Key.Key_Return)
    await until(lambda: not isinstance(dialog(), CodeDialog), "the question")
    question = dialog()
    assert question is not None
    listing = manager.repositories.catalogue.listing(other)
    assert listing is not None
    assert f"It is a code of {listing.product.name}." in texts(question)
    if moves:
        await manager.click(named(question, "It is only this product from now on"))
        await until(lambda: manager.read(CASE).meaning == ScannedProduct(hammer, 12), "moved")
    else:
        await manager.click(named(question, "It is both: a scan asks which one"))
        await until(lambda: isinstance(manager.read(CASE).meaning, AmbiguousCode), "both")
    await until(lambda: dialog() is None, "no dialog")
    await manager.click(named(card(manager), "Undo"))
    await until(lambda: manager.read(CASE).meaning == ScannedProduct(other, 6), "as before")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Code: scan or type one with a letter or a digit in it."),
        ("LOC-3-B", "Code: this is the label of the place"),
        (SKU, "is the SKU of this product already"),
    ],
)
async def test_what_cannot_be_a_code_is_refused_beside_the_field(
    manager: Hands, typed: str, said: str
):
    await manager.click(named(card(manager), "Add a code…"))
    asked().edit.setText(typed)
    await manager.click(named(asked(), "Save"))
    await until(lambda: any(said in one for one in texts(asked())), said)
    assert asked().edit.hasFocus() and asked().edit.text() == typed


async def test_others_see_the_codes_and_change_none(manager: Hands):
    hammer = manager.read(SKU).product_id or ""
    codes = manager.repositories.product_codes
    await codes.teach(CASE, hammer, 12, somebody("store_seattle"))
    await manager.begin(Role.WORKER, name="Wes")
    await manager.open(SKU)
    await until(lambda: CASE in texts(card(manager)), "it on the card")
    assert "12 units" in texts(card(manager))
    assert any(one.startswith("GTIN-14, Ben, ") for one in texts(card(manager)))
    assert not card(manager).add_button.isVisible()
    assert card(manager).open_dialog() is None
    await manager.begin(Role.MANAGER, name="Mia")
