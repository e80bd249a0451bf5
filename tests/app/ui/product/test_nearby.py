"""What the card says of other stores: nearest first, how fresh, and how to have it from there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.data.sync.modes import Mode
from app.data.sync.state import PeerView, Phase, Report
from app.domain.carts import Cart, CartLine
from app.domain.customers import Customer
from app.domain.entities import Role
from app.ui.core.formats import ago
from app.ui.product.nearby import NearbyViewModel, Ways
from app.ui.product.state import Elsewhere
from app.ui.transfers.screen import TransfersScreen
from tests.helpers.fake_sync import FakeSync
from tests.helpers.fakes import make_actor, make_product
from tests.helpers.hands import Hands
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = datetime(2026, 3, 12, 20, tzinfo=UTC)
TACOMA = Elsewhere("Tacoma", 4, "store_tacoma", 26.0, MARCH)


class Carts:
    """A CartRepository that only shows."""

    def __init__(self, *carts: Cart) -> None:
        self.carts = list(carts)

    def watch_all(self, store_id, on_carts):
        on_carts(self.carts)
        return lambda: None


def nearby(sync: FakeSync, *carts: Cart, role: Role = Role.REP) -> NearbyViewModel:
    ways = Ways(lambda product_id: None, lambda store_id, product_id: None)
    return NearbyViewModel(Carts(*carts), sync, make_actor(role), lambda: NOON, ways)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
    ],
)
async def test_ages_are_rounded_down(seconds: int, said: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds), NOON) == said


async def test_from_a_day_on_it_is_a_date() -> None:
    assert ago(MARCH, NOON) == f"on {MARCH.astimezone():%b %-d}"
    assert ago(MARCH.replace(year=2025), NOON) == f"on {MARCH.astimezone():%b %-d}, 2025"


async def test_a_figure_is_as_fresh_as_what_was_heard(qapp: QApplication) -> None:
    sync = FakeSync()
    model = nearby(sync)
    day = f"{MARCH.astimezone():%b %-d}"
    assert model.seen(TACOMA) == f"seen on {day}, offline since"
    assert model.seen(replace(TACOMA, changed=None)) == "nobody knows since when"
    heard = NOON - timedelta(minutes=3)
    link = replace(sync.state, mode=Mode.LINK)
    sync.state = replace(link, report=Report(Phase.CONNECTED, last_exchange=heard))
    assert model.seen(TACOMA) == "seen 3 min ago"
    assert model.seen(replace(TACOMA, changed=NOON)) == "seen just now"
    sync.state = replace(link, report=Report(Phase.PAUSED, last_exchange=heard))
    assert model.seen(TACOMA) == "seen 3 min ago, offline since"


async def test_among_devices_only_those_of_a_store_bring_its_figures(qapp: QApplication) -> None:
    sync = FakeSync(Mode.P2P)
    model = nearby(sync)
    heard = NOON - timedelta(minutes=3)
    kent = PeerView("k", "Kim", "Kent \N{MIDDLE DOT} dock", "Bluetooth", heard, heard)
    report = Report(Phase.CONNECTED, last_exchange=heard, peers=(kent,))
    sync.state = replace(sync.state, report=report)
    assert model.seen(replace(TACOMA, store="Kent")) == "seen 3 min ago"
    assert model.seen(TACOMA) == f"seen on {MARCH.astimezone():%b %-d}"


async def test_open_carts_are_named(qapp: QApplication) -> None:
    product = make_product()
    ana = Customer("store_seattle", "c1", "Ana", "Diaz")
    line = CartLine(product.product_id, product.sku, product.name, product.price, 2)
    carts = (
        Cart("1", "store_seattle", "", ana, (line,)),
        Cart("2", "store_seattle", "", None, (replace(line, quantity=3),)),
        Cart("3", "store_seattle", "", ana, (replace(line, product_id="p2"),)),
    )
    model = nearby(FakeSync(), *carts)
    model.open(product.product_id)
    assert model.in_carts == "5 in open carts of this device (Ana Diaz: 2; no customer yet: 3)"
    model.open("p9")
    assert model.in_carts == ""
    worker = nearby(FakeSync(), *carts, role=Role.WORKER)
    worker.open(product.product_id)
    assert worker.in_carts == ""
    worker.close()
    model.close()


async def test_a_worker_requests_from_the_nearest_and_a_rep_fills_the_cart(hands: Hands) -> None:
    await hands.open()
    await until(lambda: len(hands.state.elsewhere) == 7, "the stores")
    far = [one.kilometres for one in hands.state.elsewhere if one.kilometres is not None]
    assert len(far) == 7 and far == sorted(far)
    assert hands.state.elsewhere[0].store == "Bellevue"
    assert not hands.workplace.product.elsewhere.cart.isVisible()
    await hands.type("n")
    screen = hands.workplace.current
    assert isinstance(screen, TransfersScreen)
    assert screen.transfer.entry.other.currentText() == "Bellevue"
    await until(lambda: screen.transfer._lines.rowCount() == 1, "the product")
    screen.show_list()
    await hands.begin(role=Role.REP, name="Rita")
    await hands.open()
    card = hands.workplace.product.elsewhere
    await until(lambda: len(hands.state.elsewhere) == 7, "the stores")
    await hands.type("c")
    await until(lambda: card._nearby.in_carts.startswith("1 in"), "one in the cart")
    await hands.click(card._rows["Tacoma"].order)
    await until(lambda: card._nearby.in_carts.startswith("2 in"), "two")
    assert "brought from Tacoma" in card._nearby.message.text
    # Bellevue's stock is Bellevue's to sell: that is said where it is pressed, and afterwards.
    assert "takes Seattle's stock, not Tacoma's" in card._nearby.message.text
    beside = card._rows["Tacoma"].order
    assert (beside.text().strip(), beside.toolTip()) == (
        "Sell here",
        "Takes Seattle's stock, not Tacoma's: only Tacoma sells that",
    )
    await hands.press(Qt.Key.Key_Escape)
