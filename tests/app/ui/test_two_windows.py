"""Two windows, each a device of its own, that meet through a real MongoDB.

Both clients are whole and run on one loop; what joins them is the link that the app uses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication

from app.data.papers.transfers import TransferRepository
from app.domain.scans import ScannedProduct
from app.domain.transfers import Transfer, TransferState
from app.rehearsal.goods import Goods
from app.run import utc_now
from app.ui.codes.dialog import TeachDialog
from app.ui.count.screen import CountScreen
from app.ui.receive.screen import ReceiveScreen
from app.ui.transfers.open_transfer_state import Step
from app.ui.transfers.transfer import TransferView
from connector_config.mongodb.connection import MongoSettings, open_database
from tests.helpers.hands import dialog, somebody
from tests.helpers.windows import LEVEL, Window, clients, few_goods, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATTLE, TACOMA = "store_seattle", "store_tacoma"
CARTON = "10036000291459"


@pytest.fixture(scope="module")
def goods() -> Goods:
    """A few products in two stores, so many of each."""
    return few_goods()


@pytest.fixture(scope="module")
def settings(new_database: Callable[[], MongoSettings], goods: Goods) -> MongoSettings:
    """A MongoDB with them."""
    made = new_database()
    fill(made, goods)
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def windows(
    qapp: QApplication,
    settings: MongoSettings,
    goods: Goods,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[Window, Window]]:
    """Two new devices."""
    folders = [tmp_path_factory.mktemp(name) for name in ("ann", "tom")]
    sku = goods.line(SEATTLE, 1)["sku"]
    async with clients(qapp, settings, folders, utc_now) as (ann, tom):
        yield Window(ann, sku), Window(tom, sku)


async def test_a_transfer_whose_halves_happen_apart(windows: tuple[Window, Window]) -> None:
    seattle, tacoma = windows
    await seattle.sign_in(SEATTLE, "Ann")
    await tacoma.sign_in(TACOMA, "Tom")
    for window in windows:
        await window.client.sync.go_offline()

    # Seattle ships ten.
    screen = await seattle.transfers()
    card = screen.transfer
    screen.begin()
    card.entry.direction.button("send").click()
    card.entry.other.setCurrentIndex(card.entry.other.findData(TACOMA))
    await scanned(seattle, card, "10")
    card.submit()
    await seattle.until(lambda: step(card) is Step.SHIP, "the transfer")
    card.submit()
    await seattle.until(lambda: step(card) is Step.LOOK, "it on its way")
    sent = card._view_model.state.transfer
    assert sent is not None
    await seattle.shows(LEVEL - 10)

    # Tacoma receives nine of a paper that it has not seen, and one is missing.
    screen = await tacoma.transfers()
    screen.receive_unseen()
    card = screen.transfer
    card.entry.number.setText(sent.number)
    await scanned(tacoma, card, "9", missing="1")
    card.submit()
    await tacoma.until(lambda: not card._view_model.state.rows, "the receipt")
    await tacoma.shows(LEVEL + 9)

    for window in windows:
        await window.meet()
    for window, on_hand in ((seattle, LEVEL - 10), (tacoma, LEVEL + 9)):
        heard: list[Transfer] = []
        papers = TransferRepository(window.client.session, utc_now)
        cancel = papers.watch(sent, heard.append)
        await window.until(lambda: heard and not heard[-1].state.is_open, "the paper")  # noqa: B023
        cancel()
        (line,) = heard[-1].lines
        assert heard[-1].state is TransferState.RECEIVED
        assert (line.shipped, line.received, line.missing, line.in_transit) == (10, 9, 1, 0)
        await window.shows(on_hand)
        assert window.client.shift is not None and window.client.shift.alerts is not None
        alerts = window.client.shift.alerts.state.rows or ()
        assert not any("transit" in row.text for row in alerts)


async def test_a_case_that_one_window_is_taught_is_received_as_twelve_in_the_other(
    windows: tuple[Window, Window], settings: MongoSettings
) -> None:
    seattle, tacoma = windows
    await seattle.sign_in(SEATTLE, "Ann")
    await tacoma.sign_in(TACOMA, "Tom")
    product_id = seattle.client.repositories.catalogue.read(seattle.sku).product_id or ""
    assert tacoma.client.repositories.catalogue.read(CARTON).product is None
    seattle.workplace.scan(CARTON)
    assert seattle.workplace.teaching.open(seattle.workplace)
    asked = dialog()
    assert isinstance(asked, TeachDialog)
    seattle.workplace.scans.take_into(asked, seattle.sku)
    asked.units.setText("12")
    asked.submit()
    await seattle.until(lambda: dialog() is None, "it taught")
    case = ScannedProduct(product_id, 12)
    for window in windows:
        catalogue = window.client.repositories.catalogue
        await window.until(lambda: catalogue.read(CARTON).product == case, "the code")  # noqa: B023

    # The same on the other device is the same document.
    again = tacoma.client.repositories.product_codes
    known = await again.teach(CARTON, product_id, 12, somebody(TACOMA))
    assert known.before is not None
    await tacoma.meet()
    with open_database(settings) as database:
        assert database.product_codes.count_documents({"code": CARTON}) == 1

    screen = tacoma.workplace.go("receive")
    assert isinstance(screen, ReceiveScreen)
    screen.view_model.begin()
    await tacoma.until(lambda: screen.view_model.state.editable, "a receipt")
    tacoma.workplace.scan(CARTON)
    await tacoma.until(lambda: screen.view_model.state.rows, "the case")
    assert [row.received for row in screen.view_model.state.rows] == [12]
    screen.view_model.discard()
    await tacoma.until(lambda: screen.view_model.state.receipt is None, "no receipt")

    # Taken back in one window, it is nobody's in the other.
    await seattle.client.repositories.product_codes.forget(known.code, somebody(SEATTLE))
    for window in windows:
        catalogue = window.client.repositories.catalogue
        await window.until(lambda: catalogue.read(CARTON).product is None, "no code")  # noqa: B023


async def test_a_shelf_is_counted_while_its_product_is_sold(
    windows: tuple[Window, Window],
) -> None:
    office, till = windows
    await office.sign_in(SEATTLE, "Ann")
    await till.sign_in(SEATTLE, "Tom")
    before = office.on_hand
    assert before is not None
    await till.client.sync.go_offline()
    # Off the shelf before it is counted, and nobody who counts knows.
    await till.sell()

    screen = office.workplace.go("count")
    assert isinstance(screen, CountScreen)
    await office.until(lambda: screen.shelves_known, "the shelves")
    asking = screen.sessions.begin()
    place = office.workplace.product.view_model.state.item
    assert place is not None
    asking.aisle.setCurrentText(place.place.aisle)
    asking.shelf.setCurrentText(place.place.shelf)
    asking._submit()
    await office.until(lambda: screen.page is screen.counting, "the page to count on")
    await office.until(lambda: screen.counting.table.model().rowCount(), "the shelf")
    office.workplace.scan(office.sku)
    screen.counting.digits.setText(str(before - 3))
    screen.counting.digits.returnPressed.emit()
    await office.until(lambda: screen.counting._view_model.state.counted, "the count")

    # Sold after it was counted: on the same device, and on the one that is away.
    await till.sell()
    await office.sell()
    office.workplace.go("count")
    screen.counting.review_wanted.emit()
    await office.until(lambda: screen.review.table.model().rowCount() == 1, "the review")
    screen.review.post_button.click()
    asked = dialog()
    assert asked is not None
    asked.accept()
    await office.until(lambda: not screen.review.post_button.isVisible(), "it posted")

    await till.meet()
    for one in windows:
        await one.shows(before - 3 - 2)


async def scanned(window: Window, card: TransferView, quantity: str, missing: str = "") -> None:
    """Put the product on the paper, so many of it."""
    window.workplace.scan(window.sku)
    await window.until(lambda: card.table.model().rowCount() == 1, "the product on the paper")
    card.table.select(0)
    card.line.quantity.setText(quantity)
    card.line.missing.setText(missing)
    card.line.set_button.click()


def step(card: TransferView) -> Step:
    """Which step is next."""
    return card._view_model.state.step
