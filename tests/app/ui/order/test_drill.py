"""The drill: a rep signs in, with no network, and a new customer leaves with a receipt.

By nothing but keys, in the real window on a real store; the money is reckoned here a second time,
in whole cents, from the stored prices and the store's tax.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QFileDialog

from app.client import Client
from app.data.sync.modes import Mode
from app.ui.order.screen import OrderScreen
from tests.helpers import pdfs
from tests.helpers.hands import ALT, CONTROL, Hands, dialog, texts
from tests.helpers.papers import previewed
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHIFT = Qt.KeyboardModifier.ShiftModifier
STORE = "store_seattle"

WANTED = (("curved claw", "HND-HAMMER-001", 1), ("tack ham", "HND-HAMMER-010", 2))
SCANNED = "HND-HAMMER-003"
MOST_KEYS = 110
"""A person who types two keys a second needs 55 seconds for them."""


class Keys(Hands):
    """Counts what is pressed; one who only types gets no scanner."""

    pressed = 0

    async def type(self, text: str) -> None:
        self.pressed += len(text)
        await super().type(text)

    async def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.pressed += 1
        await super().press(key, modifier)


async def price(client: Client, sku: str) -> int:
    """In cents, as it is stored."""
    statement = "SELECT base_price FROM products WHERE sku = :sku"
    (row,) = await client.session.query(statement, {"sku": sku})
    return int(row["base_price"] * 100 + 0.5)


async def sold(client: Client, sku: str) -> int:
    """Units of a product that left the store by now, as they are stored."""
    (product,) = await client.session.query(
        "SELECT product_id FROM products WHERE sku = :sku", {"sku": sku}
    )
    (row,) = await client.session.query(
        "SELECT stock_delta FROM inventory WHERE store_id = :store AND product_id = :product",
        {"store": STORE, "product": product["product_id"]},
    )
    return -int(row.get("stock_delta") or 0)


async def tax_percent(client: Client) -> Fraction:
    statement = "SELECT tax_percent FROM stores WHERE store_id = :store"
    (row,) = await client.session.query(statement, {"store": STORE})
    return Fraction(str(row.get("tax_percent") or "10.1"))


def dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02}"


async def test_a_new_customer_leaves_with_three_products_and_a_receipt(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path))
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    wanted = [(sku, count) for _, sku, count in WANTED] + [(SCANNED, 1)]
    before = [await sold(client, sku) for sku, _ in wanted]
    client.window.resize(1280, 800)
    client.window.show()
    keys = Keys(client)

    # Who is working here: a rep, in the store that is offered.
    await keys.press(Qt.Key.Key_Tab, SHIFT)
    await keys.press(Qt.Key.Key_Right)
    await keys.press(Qt.Key.Key_Tab)
    await keys.type("Rita")
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: client.workplace is not None, "the workplace", 20)
    assert client.workplace is not None
    await until(client.workplace.bar.line.hasFocus, "the keyboard")
    assert client.sync.state.mode is Mode.OFFLINE
    assert "sales" not in client.workplace._routes and "order" in client.workplace._routes

    await keys.press(Qt.Key.Key_O, ALT)
    screen = client.workplace.current
    assert isinstance(screen, OrderScreen)
    state = screen.view_model
    for at, (typed, _, count) in enumerate(WANTED):
        for _ in range(count):
            await keys.type(typed)
            await keys.press(Qt.Key.Key_Return)
        await until(lambda at=at: len(state.state.rows) == at + 1, "the line")  # type: ignore[misc]
    # The third by its code, as a person types it.
    await keys.type(SCANNED)
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: len(state.state.rows) == 3, "three lines")

    await keys.press(Qt.Key.Key_F4)
    await keys.type("zoe lund")
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: screen.draft.state is not None, "the form")
    await keys.type("zoe@lund.example")
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: state.state.cart.customer is not None, "her in the cart")

    await keys.press(Qt.Key.Key_Return, CONTROL)
    await until(lambda: state.state.placed is not None, "the order")
    until_placed = keys.pressed
    order = state.state.placed
    assert order is not None

    await keys.press(Qt.Key.Key_P, CONTROL)
    await previewed()
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: isinstance(dialog(), QFileDialog), "where to save it")
    await keys.press(Qt.Key.Key_Return)
    await until(lambda: "saved as" in " ".join(_said(screen)), "the file")
    print(f"{until_placed} keys until it is placed, {keys.pressed} with the receipt")
    assert keys.pressed <= MOST_KEYS

    (page,) = pdfs.read(_saved_in(tmp_path)).pages
    amounts = [await price(client, sku) * count for sku, count in wanted]
    net = sum(amounts)
    tax = floor(net * await tax_percent(client) / 100 + Fraction(1, 2))
    for (sku, count), amount in zip(wanted, amounts, strict=True):
        assert sku in page
        assert f"{count} {dollars(await price(client, sku))} {dollars(amount)}" in page
    assert f"Before tax {dollars(net)}" in page
    assert f"Sales tax {float(await tax_percent(client)):g}% {dollars(tax)}" in page
    assert f"Total {dollars(net + tax)}" in page
    for said in ("Zoe Lund", "zoe@lund.example", "Rita", order.number):
        assert said in page
    now = [await sold(client, sku) for sku, _ in wanted]
    assert [after - one for after, one in zip(now, before, strict=True)] == [1, 2, 1]
    await until(lambda: not state.actions.running, "a rest")


def _saved_in(folder: Path) -> Path:
    (file,) = folder.glob("*.pdf")
    return file


def _said(screen: OrderScreen) -> list[str]:
    return texts(screen.placed)
