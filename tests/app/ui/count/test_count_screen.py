"""Stocktakes by scanner and by keyboard on the demo store, while somebody else sells and counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo

from app.data.papers.stocktakes import StocktakeRepository
from app.domain.entities import Reason, StockItem
from app.domain.errors import StorageError
from app.domain.stocktake import Stocktake
from app.run import utc_now
from app.ui.core.message import NO_MESSAGE
from app.ui.core.printing import Printing, Printout
from app.ui.core.sounds import Sound
from app.ui.count.choosing import ChooseDialog
from app.ui.count.counting_state import CountRow
from app.ui.count.screen import CountScreen
from app.ui.count.sessions import NewCountDialog
from tests.helpers.fakes import FakeSpeaker
from tests.helpers.hands import ALT, Hands, cells, dialog, focus, named, somebody, texts
from tests.helpers.menus import row_menu
from tests.helpers.papers import save_as
from tests.helpers.pdfs import read
from tests.helpers.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORE = "store_seattle"
MINUS = "\N{MINUS SIGN}"


async def counting(hands: Hands, aisle: str = "3", shelf: str = "B", name: str = "") -> CountScreen:
    """A new count of a shelf, begun with the keyboard only."""
    await hands.press(Qt.Key.Key_6, ALT)
    screen = hands.workplace.current
    assert isinstance(screen, CountScreen)
    await until(lambda: not screen._arriving, "the stocktakes")
    while screen.page is not screen.sessions:
        await hands.press(Qt.Key.Key_Escape)
    await until(lambda: screen._sessions.state.aisles, "the shelves of the store")
    screen.sessions.new_button.setFocus()
    await hands.press(Qt.Key.Key_Return)
    asked = dialog()
    assert isinstance(asked, NewCountDialog)
    if name:
        await hands.type(name)
    asked.aisle.setCurrentText(aisle)
    asked.shelf.setCurrentText(shelf)
    asked.name.setFocus()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: screen.page is screen.counting, "the page to count on")
    await until(lambda: dialog() is None, "the dialog to close")
    await until(lambda: screen._counting.state.rows, "the products of the shelf")
    await settled(screen)
    await hands.at_hand()
    screen.focus_first()
    return screen


async def settled(screen: CountScreen) -> None:
    await until(lambda: not screen._counting.working, "the counts to be written")


async def reviewed(hands: Hands, screen: CountScreen) -> list[list[str]]:
    await hands.press(Qt.Key.Key_F8)
    await until(lambda: screen.page is screen.review, "the review")
    await settled(screen)
    # What was written a moment ago is in the next reading.
    await screen._review._review()
    return cells(screen.review.table)


def shelf(screen: CountScreen) -> tuple[CountRow, ...]:
    return screen._counting.state.rows


def stocktake(screen: CountScreen) -> Stocktake:
    return screen._counting.state.stocktake


async def on_hand(hands: Hands, item: StockItem) -> int:
    listing = hands.repositories.catalogue.listing(item.product_id)
    assert listing is not None
    (stored,) = await hands.repositories.stock.items([listing.key])
    return stored.on_hand


async def sell(hands: Hands, item: StockItem, quantity: int) -> None:
    """Somebody at another device takes units away meanwhile."""
    await hands.repositories.stock.adjust(
        item, -quantity, Reason.LOST, somebody(STORE), allow_negative=True
    )


async def ben_counts(hands: Hands, screen: CountScreen, item: StockItem, quantity: int) -> None:
    repository = StocktakeRepository(hands.client.session, utc_now)
    await repository.count(stocktake(screen), item, quantity, somebody(STORE))


async def post(hands: Hands, screen: CountScreen) -> None:
    await until(lambda: screen.review.post_button.isEnabled(), "that it may be posted")
    screen.review.post_button.setFocus()
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: dialog() is not None, "the question")
    asked = dialog()
    assert asked is not None
    await hands.press(Qt.Key.Key_Tab)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: not screen._review.state.stocktake.is_open, "the count to be posted")
    await until(lambda: dialog() is None, "the dialog to close")


async def test_an_undo_before_the_first_count_has_nothing_to_say_of_it(hands: Hands):
    screen = hands.workplace.go("count")
    assert isinstance(screen, CountScreen)
    screen.say(NO_MESSAGE)
    assert screen.page is screen.sessions


async def test_a_shelf_is_counted_by_scanner_while_its_product_is_sold(hands: Hands):
    screen = await counting(hands, name="Weekly")
    first, second = shelf(screen)[:2]
    before = [await on_hand(hands, one.item) for one in (first, second)]
    for _ in range(3):
        await hands.scan(first.sku)
    assert screen.counting.digits.text() == "3"
    await hands.scan(second.sku)
    await settled(screen)
    assert cells(screen.counting.table)[0][2] == "3"
    await sell(hands, first.item, 2)
    lines = await reviewed(hands, screen)
    assert [line[2:5] for line in lines[:2]] == [
        ["3", f"{before[0]:,}", diff(3 - before[0])],
        ["1", f"{before[1]:,}", diff(1 - before[1])],
    ]
    await post(hands, screen)
    # Two were sold after the count: neither lost nor counted twice.
    assert await on_hand(hands, first.item) == 1
    assert await on_hand(hands, second.item) == 1
    assert (await hands.repositories.stock.prove(STORE)).holds


async def test_a_shelf_is_counted_with_the_keyboard_in_walking_order(hands: Hands):
    screen = await counting(hands, "1", "A")
    listed = shelf(screen)
    assert focus() is screen.counting.digits
    await hands.press(Qt.Key.Key_Down)
    for at, typed in enumerate(("12", "0", "7")):
        assert screen._counting.state.current is not None
        assert screen._counting.state.current.sku == listed[at].sku
        await hands.type(typed)
        await hands.press(Qt.Key.Key_Return)
    await settled(screen)
    assert [one[2] for one in cells(screen.counting.table)][:3] == ["12", "0", "7"]
    await hands.press(Qt.Key.Key_PageDown)
    assert screen._counting.state.shelf == "Aisle 1, shelf A", "there is one shelf only"
    await until(lambda: screen._counting.state.counted == 3, "three counted")
    assert f"3 of {len(listed)} products counted" in texts(screen.counting)


async def test_the_expected_number_is_hidden_unless_asked_for(hands: Hands):
    screen = await counting(hands)
    row = shelf(screen)[0]
    await hands.scan(row.sku)
    assert "The expected number is hidden" in texts(screen.counting)
    assert not any(text.startswith("Expected:") for text in texts(screen.counting))
    screen._sessions.begin.execute("Open count", "3", "B", False)
    await until(lambda: not stocktake(screen).blind, "the open count")
    await until(lambda: screen._counting.state.rows, "its shelf")
    await hands.scan(row.sku)
    expected = f"Expected: {await on_hand(hands, row.item):,}"
    await until(lambda: expected in texts(screen.counting), "the expected number")


async def test_scans_that_do_not_count_are_heard_seen_and_said(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    ear = FakeSpeaker()
    monkeypatch.setattr(hands.client.sounds, "_speaker", ear)
    screen = await counting(hands)
    one = shelf(screen)[0]
    await hands.scan(one.sku)
    assert ear.played == [Sound.KNOWN]
    assert screen.counting._panel.property("tone") == "ok"
    await hands.scan("HND-NOWHERE-9")
    assert screen.counting._panel.property("tone") == "danger"
    assert any("No product has the code HND-NOWHERE-9" in text for text in texts(screen.counting))
    assert screen.counting.digits.text() == "1", "what was counted is still there"
    assert ear.played == [Sound.KNOWN, Sound.UNKNOWN]
    await until(lambda: not screen.counting._panel.property("tone"), "the flash to fade")
    await hands.type("x")
    await hands.press(Qt.Key.Key_Return)
    assert any("must be a whole number" in text for text in texts(screen.counting))
    await hands.scan("LOC-99-Z")
    assert any("is not part of this count" in text for text in texts(screen.counting))
    screen.counting.digits.setText("1")


async def test_a_product_met_again_goes_on_from_what_was_counted(hands: Hands):
    screen = await counting(hands)
    first, second = shelf(screen)[:2]
    await hands.scan(first.sku)
    await hands.type("5")
    await hands.scan(second.sku)
    await hands.scan(first.sku)
    assert screen.counting.digits.text() == "6"
    assert any("You had counted 5" in text for text in texts(screen.counting))
    # Also after somebody has left and come back.
    await hands.press(Qt.Key.Key_1, ALT)
    await hands.press(Qt.Key.Key_6, ALT)
    await until(lambda: [one.mine for one in shelf(screen)[:2]] == [6, 1], "both counts")
    await hands.at_hand()
    await hands.scan(first.sku)
    assert screen.counting.digits.text() == "7"


async def test_what_is_typed_before_a_product_is_chosen_is_counted_of_it(hands: Hands):
    screen = await counting(hands)
    first, digits = shelf(screen)[0], screen.counting.digits
    await hands.type("x")
    await hands.scan(first.sku)
    assert any("must be a whole number" in text for text in texts(screen.counting))
    assert (digits.text(), screen._counting.state.current) == ("x", None)
    digits.selectAll()
    await hands.type("5")
    for leave in (
        lambda: hands.press(Qt.Key.Key_F8),
        lambda: hands.press(Qt.Key.Key_PageDown),
        lambda: hands.scan("LOC-3-B"),
        lambda: hands.press(Qt.Key.Key_Escape),
    ):
        await leave()
        assert screen.page is screen.counting
        said = "5 is typed for no product: scan it, or choose it from the list."
        assert said in texts(screen.counting)
        assert digits.text() == "5"
    await hands.scan(first.sku)
    assert digits.text() == "5"
    assert "5, as it was typed before the scan." in texts(screen.counting)
    await hands.scan(first.sku)
    assert digits.text() == "6"
    # By keyboard too, where nothing is chosen.
    await hands.press(Qt.Key.Key_Escape)
    await hands.scan(stocktake(screen).number)
    await until(lambda: screen.page is screen.counting, "the count")
    await until(lambda: screen._counting.state.rows, "the products of the shelf")
    await hands.type("7")
    await hands.press(Qt.Key.Key_Down)
    assert digits.text() == "7"
    await hands.press(Qt.Key.Key_Return)
    await settled(screen)
    assert cells(screen.counting.table)[0][2] == "7"


async def test_the_last_count_is_taken_back(hands: Hands):
    screen = await counting(hands)
    one = shelf(screen)[0]
    await hands.scan(one.sku)
    await hands.press(Qt.Key.Key_Return)
    await settled(screen)
    await until(lambda: screen._counting.state.counted == 1, "one counted")
    await hands.press(Qt.Key.Key_F4)
    await until(lambda: screen._counting.state.counted == 0, "none counted")
    assert cells(screen.counting.table)[0][2] == "\N{EN DASH}"


async def test_what_is_written_late_belongs_to_the_stocktake_it_was_counted_in(hands: Hands):
    screen = await counting(hands, name="Left")
    counts, left = screen._counting, stocktake(screen)
    await counting(hands, name="Next")
    following = stocktake(screen)
    counts.open(left)
    await settled(screen)
    await until(lambda: len(shelf(screen)) >= 4, "the shelf")
    for row in shelf(screen)[:4]:
        listing = hands.repositories.catalogue.listing(row.item.product_id)
        assert listing is not None
        counts.scan(hands.read(listing.product.sku), counts.state.quantity)
    assert counts.keep(counts.state.quantity)
    counts.open(following)
    await settled(screen)
    repository = StocktakeRepository(hands.client.session, utc_now)
    assert len(await repository.counted_by(left, counts._actor)) == 4
    assert await repository.counted_by(following, counts._actor) == {}
    assert counts.state.last is None


async def test_two_people_count_one_shelf_and_one_count_is_chosen(hands: Hands):
    screen = await counting(hands)
    first, second = shelf(screen)[:2]
    before = await on_hand(hands, first.item)
    await ben_counts(hands, screen, first.item, 9)
    await ben_counts(hands, screen, second.item, 4)
    await until(lambda: cells(screen.counting.table)[0][2] == "Ben", "that Ben was here")
    await hands.scan(first.sku)
    assert "9" not in cells(screen.counting.table)[0], "his number stays hidden"
    await hands.type("8")
    await hands.scan(second.sku)
    await hands.type("5")
    lines = await reviewed(hands, screen)
    assert {line[2] for line in lines[:2]} == {"9 / 8", "4 / 5"}
    assert not screen.review.post_button.isEnabled()
    screen.review.table.select(0)
    screen.review.table.setFocus()
    await hands.press(Qt.Key.Key_Return)
    shown = dialog()
    assert isinstance(shown, ChooseDialog)
    assert {"9", "8", "Ben", "Maya"} <= set(texts(shown))
    shown.everywhere.setChecked(True)
    await hands.press(Qt.Key.Key_Return)
    await until(lambda: screen._review.state.disputed == 0, "nothing in dispute")
    assert [line[2] for line in cells(screen.review.table)[:2]] == ["9", "4"]
    await post(hands, screen)
    assert await on_hand(hands, first.item) == 9
    assert before != 9
    assert await on_hand(hands, second.item) == 4


async def test_only_what_differs_is_counted_again(hands: Hands):
    screen = await counting(hands)
    right, wrong = shelf(screen)[:2]
    await hands.scan(right.sku)
    await hands.type(str(await on_hand(hands, right.item)))
    await hands.scan(wrong.sku)
    await hands.type(str(await on_hand(hands, wrong.item) + 3))
    lines = await reviewed(hands, screen)
    assert [line[4] for line in lines] == ["+3"]
    await hands.click(named(screen.review, "Recount what differs"))
    await until(lambda: screen.page is screen.counting, "the page to count on")
    await until(lambda: shelf(screen), "what to count again")
    assert [one.sku for one in shelf(screen)] == [wrong.sku]
    await hands.scan(wrong.sku)
    assert screen.counting.digits.text() == "1", "from the beginning"
    await hands.type(str(await on_hand(hands, wrong.item)))
    await reviewed(hands, screen)
    await until(lambda: screen._review.state.different == 0, "no differences")
    assert "No differences: what was counted is what was expected." in texts(screen.review)


async def test_a_sheet_prints_and_its_barcode_opens_the_count(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    screen = await counting(hands, "1", "A", name="Paper")
    listed, number = shelf(screen), stocktake(screen).number
    await reviewed(hands, screen)
    await hands.click(named(screen.review, "Print sheet…"))
    path = tmp_path / "sheet.pdf"
    await save_as(path)
    await until(lambda: not screen.review.printing.running, "the sheet")
    pdf = read(path)
    assert pdf.codes == [[number]]
    assert "Count sheet: Paper" in pdf.pages[0]
    screen._to_sessions()
    table = screen.sessions.table
    await until(lambda: table.model().rowCount(), "the list")
    table.select(0)
    newest = screen.sessions.chosen
    assert newest is not None
    printed: list[Printout] = []
    monkeypatch.setattr(Printing, "offer", lambda _, one: printed.append(one))
    menu = row_menu(table, table.currentIndex().row())
    (printing,) = [one for one in menu.actions() if "Print the count sheet" in one.text()]
    printing.trigger()
    menu.close()
    await until(lambda: printed, "the sheet of the list")
    assert [one.name for one in printed] == [f"Count sheet {newest.number}"]
    assert "Expected" not in pdf.pages[0]
    places = [pdf.pages[0].index(one.sku) for one in listed]
    assert places == sorted(places), "in walking order"
    await hands.press(Qt.Key.Key_Escape)
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: screen.page is screen.sessions, "the list")
    await hands.scan(number)
    await until(lambda: screen.page is screen.counting, "the page to count on")
    assert stocktake(screen).number == number


async def test_a_count_that_is_posted_at_the_second_try_says_so(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
):
    screen = await counting(hands)
    await hands.scan(shelf(screen)[0].sku)
    await reviewed(hands, screen)

    async def refuse(*_: object) -> Stocktake:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(screen._review._stocktakes, "post", refuse)
        screen._review.post.execute()
        await until(lambda: "The disk is full." in texts(screen.review), "what is wrong")
    await post(hands, screen)
    await until(lambda: not screen._review.working, "a rest")
    assert "Posted. Stock is what was counted." in texts(screen.review)


async def test_a_cancelled_count_posts_nothing_and_takes_no_more(hands: Hands):
    screen = await counting(hands)
    row = shelf(screen)[0]
    before = await on_hand(hands, row.item)
    await hands.scan(row.sku)
    await hands.type("99")
    await reviewed(hands, screen)
    await hands.click(named(screen.review, "Cancel count…"))
    asked = dialog()
    assert asked is not None
    asked.accept()
    await until(lambda: not screen._review.state.stocktake.is_open, "the count to be cancelled")
    assert await on_hand(hands, row.item) == before
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: screen.page is screen.sessions, "the list")
    await until(lambda: cells(screen.sessions.table)[0][3] == "Cancelled", "what became of it")


def diff(value: int) -> str:
    return f"+{value}" if value > 0 else str(value).replace("-", MINUS)


async def test_count_opens_on_the_open_count_and_a_new_one_asks_where(hands: Hands):
    screen = await counting(hands, name="Half done")
    for one in screen._sessions.state.rows or ():
        if one.stocktake.is_open and one.stocktake.name != "Half done":
            await hands.repositories.stocktakes.cancel(one.stocktake, somebody(STORE))
    await hands.press(Qt.Key.Key_Escape)
    assert screen.page is screen.sessions
    await hands.press(Qt.Key.Key_1, ALT)
    await hands.press(Qt.Key.Key_6, ALT)
    await until(lambda: screen.page is screen.counting, "the open count")
    assert screen._counting.state.stocktake.name == "Half done"
    assert focus() is screen.counting.digits
    # Esc leads to all of them, and stays there.
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: screen.page is screen.sessions, "all counts")
    asked = screen.sessions.begin()
    await hands.at_hand()
    await hands.press(Qt.Key.Key_Return)
    assert dialog() is asked
    assert "Choose an aisle, or the whole store." in texts(asked)
    layout = asked.layout()
    assert layout is not None
    assert asked.height() >= layout.totalHeightForWidth(asked.width()), "it covers a field"
    assert focus() is asked.aisle
    await hands.press(Qt.Key.Key_Escape)
    await until(lambda: dialog() is None, "the dialog to close")
